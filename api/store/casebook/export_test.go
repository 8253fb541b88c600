package casebook

// Asked is a question to the database.
type Asked struct {
	Text string
	Args []any
}

// TaskQueries gives what a query for a page of the worklist asks at most.
func TaskQueries(q TaskQuery) (all []Asked) {
	for p := PriorityLate; p <= PriorityAge; p++ {
		for _, owner := range q.owners() {
			where, args := q.sql(p, owner, 51)
			all = append(all, Asked{"SELECT " + taskColumns + " FROM tasks " + where, args})
		}
	}
	return all
}
