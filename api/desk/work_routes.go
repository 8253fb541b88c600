package desk

// workRoutes are the pages of this theme.
var workRoutes = []route{}
