package api

import "github.com/skuld-registry/skuld/api/auth"

var eventRoutes = []route{
	{method: get, pattern: "/v1/events", name: "getEvents", access: tokened, scope: auth.EventsRead, stream: true, handle: (*Server).getEvents},
}

var webhookRoutes = []route{
	onHook(post, "", "createWebhook", (*Server).createWebhook),
	onHook(get, "", "listWebhooks", (*Server).listWebhooks),
	onHook(get, "/{webhook}", "getWebhook", (*Server).getWebhook),
	onHook(del, "/{webhook}", "deleteWebhook", (*Server).deleteWebhook),
	onHook(post, "/{webhook}/pause", "pauseWebhook", (*Server).pauseWebhook),
	onHook(post, "/{webhook}/resume", "resumeWebhook", (*Server).resumeWebhook),
	onHook(post, "/{webhook}/test", "testWebhook", (*Server).testWebhook),
	onHook(post, "/{webhook}/replay", "replayWebhook", (*Server).replayWebhook),
	onHook(get, "/{webhook}/deliveries", "listDeliveries", (*Server).listDeliveries),
	onHook(post, "/{webhook}/deliveries/{delivery}/replay", "replayDelivery", (*Server).replayDelivery),
}

func onHook(method, path, name string, handle handler) route {
	return route{method: method, pattern: "/v1/webhooks" + path, name: name, access: tokened, scope: auth.Webhooks, handle: handle}
}

var importRoutes = []route{
	onImport(post, "", "createImport", (*Server).createImport),
	onImport(get, "", "listImports", (*Server).listImports),
	onImport(get, "/{import}", "getImport", (*Server).getImport),
	onImport(post, "/{import}/start", "startImport", (*Server).startImport),
	onImport(post, "/{import}/pause", "pauseImport", (*Server).pauseImport),
	onImport(post, "/{import}/resume", "resumeImport", (*Server).resumeImport),
	onImport(post, "/{import}/cancel", "cancelImport", (*Server).cancelImport),
	{method: get, pattern: "/v1/imports/{import}/events", name: "followImport", access: tokened, scope: auth.Imports, stream: true, handle: (*Server).followImport},
	onImport(get, "/{import}/rows", "listImportRows", (*Server).listImportRows),
	{method: post, pattern: "/v1/imports/{import}/rows", name: "uploadImportRows", access: tokened, scope: auth.Imports, limit: maxBatchBody, handle: (*Server).uploadImportRows},
}

func onImport(method, path, name string, handle handler) route {
	return route{method: method, pattern: "/v1/imports" + path, name: name, access: tokened, scope: auth.Imports, handle: handle}
}
