package desk

const lettersPath = "/desk/letters"

// letterRoutes are the letters that were sent, and the form that sends one.
var letterRoutes = []route{
	{method: get, pattern: lettersPath, roles: readers, handle: (*Server).getLetters},
	{method: get, pattern: "/desk/letters/{letter}", roles: readers, handle: (*Server).getLetter},
	{method: get, pattern: "/desk/letters/{letter}/file", roles: readers, handle: (*Server).getLetterFile},
	{method: post, pattern: "/desk/letters/{letter}/delivered", roles: caseworkers, handle: (*Server).postLetterDelivered},
	{method: post, pattern: "/desk/letters/{letter}/correct", roles: caseworkers, handle: (*Server).postLetterCorrect},
	{method: get, pattern: "/desk/cases/{number}/letter", roles: caseworkers, handle: (*Server).getLetterForm},
	{method: post, pattern: "/desk/cases/{number}/letter", roles: caseworkers, handle: (*Server).postLetterForm},
}
