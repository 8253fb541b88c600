package web

// statusCache keeps the pages of notes ready.
type statusCache struct{}

func newStatusCache() *statusCache { return &statusCache{} }
