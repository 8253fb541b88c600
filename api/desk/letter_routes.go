package desk

// letterRoutes are the pages of this theme.
var letterRoutes = []route{}
