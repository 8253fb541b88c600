package api

import "github.com/skuld-registry/skuld/api/auth"

var eventRoutes = []route{
	{method: get, pattern: "/v1/events", name: "streamEvents", access: tokened, scope: auth.EventsRead, stream: true, handle: (*Server).streamEvents},
}

var importRoutes = []route{
	{method: post, pattern: "/v1/imports", name: "createImport", access: tokened, scope: auth.Imports, handle: (*Server).createImport},
	{method: get, pattern: "/v1/imports/{import}", name: "getImport", access: tokened, scope: auth.Imports, handle: (*Server).getImport},
	{method: get, pattern: "/v1/imports/{import}/rows", name: "listImportRows", access: tokened, scope: auth.Imports, handle: (*Server).listImportRows},
	{method: post, pattern: "/v1/imports/{import}/rows", name: "submitImportRows", access: tokened, scope: auth.Imports, limit: maxBatchBody, handle: (*Server).submitImportRows},
}
