package api

var eventRoutes = []route{
	{method: get, pattern: "/v1/events", name: "streamEvents", access: tokened, stream: true, handle: (*Server).streamEvents},
}

var importRoutes = []route{
	{method: post, pattern: "/v1/imports", name: "createImport", access: tokened, handle: (*Server).createImport},
	{method: get, pattern: "/v1/imports/{import}", name: "getImport", access: tokened, handle: (*Server).getImport},
	{method: get, pattern: "/v1/imports/{import}/rows", name: "listImportRows", access: tokened, handle: (*Server).listImportRows},
	{method: post, pattern: "/v1/imports/{import}/rows", name: "submitImportRows", access: tokened, limit: maxBatchBody, handle: (*Server).submitImportRows},
}
