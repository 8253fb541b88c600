package desk

const (
	todayPath      = "/desk/today"
	tasksPath      = "/desk/tasks"
	callsPath      = "/desk/calls"
	contactsPath   = "/desk/contacts"
	whoCalledPath  = "/desk/who-called"
	complaintsPath = "/desk/complaints"
	promisesPath   = "/desk/promises"
	flagsPath      = "/desk/flags"
)

// workRoutes are the pages of everyday work: what is to be done, and talking with
// persons.
var workRoutes = []route{
	{method: get, pattern: todayPath, roles: readers, handle: (*Server).getToday},
	{method: get, pattern: "/desk/tasks/{task}", roles: readers, handle: (*Server).getTask},
	{method: post, pattern: "/desk/tasks/{task}/take", roles: workers, handle: (*Server).postTaskTake},
	{method: post, pattern: "/desk/tasks/{task}/pass", roles: workers, handle: (*Server).postTaskPass},
	{method: post, pattern: "/desk/tasks/{task}/done", roles: workers, handle: (*Server).postTaskDone},
	{method: get, pattern: callsPath, roles: readers, handle: (*Server).getCalls},
	{method: get, pattern: "/desk/calls/{call}", roles: readers, handle: (*Server).getCall},
	{method: post, pattern: "/desk/calls/{call}/made", roles: workers, handle: (*Server).postCallMade},
	{method: post, pattern: "/desk/calls/{call}/moved", roles: workers, handle: (*Server).postCallMoved},
	{method: post, pattern: "/desk/calls/{call}/dropped", roles: caseworkers, handle: (*Server).postCallDropped},
	{method: get, pattern: "/desk/cases/{number}/contact", roles: workers, handle: getWorkForm(contactForm)},
	{method: post, pattern: "/desk/cases/{number}/contact", roles: workers, handle: postWorkForm(contactForm, afterContact)},
	{method: get, pattern: "/desk/cases/{number}/call", roles: workers, handle: getWorkForm(callForm)},
	{method: post, pattern: "/desk/cases/{number}/call", roles: workers, handle: postWorkForm(callForm, nil)},
	{method: get, pattern: "/desk/cases/{number}/promise", roles: workers, handle: getWorkForm(promiseForm)},
	{method: post, pattern: "/desk/cases/{number}/promise", roles: workers, handle: postWorkForm(promiseForm, nil)},
	{method: get, pattern: "/desk/cases/{number}/complaint", roles: workers, handle: getWorkForm(complaintForm)},
	{method: post, pattern: "/desk/cases/{number}/complaint", roles: workers, handle: postWorkForm(complaintForm, nil)},
	{method: get, pattern: "/desk/cases/{number}/flag", roles: caseworkers, handle: getWorkForm(flagForm)},
	{method: post, pattern: "/desk/cases/{number}/flag", roles: caseworkers, handle: postWorkForm(flagForm, nil)},
	{method: get, pattern: whoCalledPath, roles: readers, handle: (*Server).getWhoCalled},
	{method: get, pattern: "/desk/contacts/{contact}", roles: readers, handle: (*Server).getContact},
	{method: get, pattern: "/desk/promises/{promise}", roles: readers, handle: (*Server).getPromise},
	{method: post, pattern: "/desk/promises/{promise}/withdrawn", roles: workers, handle: (*Server).postPromiseWithdrawn},
	{method: get, pattern: complaintsPath, roles: readers, handle: (*Server).getComplaints},
	{method: get, pattern: "/desk/complaints/export", roles: readers, handle: (*Server).getComplaintsExport},
	{method: get, pattern: "/desk/complaints/{complaint}", roles: readers, handle: (*Server).getComplaint},
	{method: post, pattern: "/desk/complaints/{complaint}", roles: caseworkers, handle: (*Server).postComplaint},
	{method: get, pattern: flagsPath, roles: readers, handle: (*Server).getFlags},
	{method: get, pattern: "/desk/flags/{flag}", roles: readers, handle: (*Server).getFlag},
	{method: post, pattern: "/desk/flags/{flag}/lifted", roles: caseworkers, handle: (*Server).postFlagLifted},
}
