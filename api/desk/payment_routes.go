package desk

// paymentRoutes are the pages of this theme.
var paymentRoutes = []route{}
