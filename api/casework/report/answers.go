package report

import (
	"cmp"
	"maps"
	"math/bits"
	"slices"
)

// MinGroup is the fewest answers that are shown together. Of fewer, somebody who knows
// the case could tell who gave them.
const MinGroup = 5

// The scores of an answer.
const (
	MinScore = 1
	MaxScore = 10
	// Questions is how many there are: overall, compared with what was expected, and
	// compared with the ideal.
	Questions = 3
)

// Cell is what was said in a month of one team's contacts about one topic: how many
// answers, and the sums of their scores.
type Cell struct {
	Team, Topic                       string
	Answers, Overall, Expected, Ideal int
}

// Answers are what may be shown of the answers of one month. Nothing is left in it of
// what may not.
type Answers struct {
	All    Group      `json:"all"` // without answers where there were fewer than MinGroup
	Teams  []Group    `json:"teams,omitempty"`
	Topics []Group    `json:"topics,omitempty"`
	Scores [][]Scored `json:"scores,omitempty"` // how often each score was given, by question
}

// Scored is how often a score was given to a question.
type Scored struct {
	Score int `json:"score"`
	Times int `json:"times"`
}

// Group is answers that are shown together. One of several names has those that were
// too few alone, and as many others as it takes.
type Group struct {
	Names    []string `json:"names,omitempty"`
	Answers  int      `json:"answers"`
	Overall  int      `json:"overall"` // sums of scores
	Expected int      `json:"expected"`
	Ideal    int      `json:"ideal"`

	cells map[int]bool // those that it is made of
}

// Index is what the group said, from 0 to 100: the scores of the three questions with
// the same weight, where 1 is 0 and 10 is 100.
func (g *Group) Index() int {
	if g.Answers == 0 {
		return 0
	}
	sum, most := g.Overall+g.Expected+g.Ideal-Questions*MinScore*g.Answers, Questions*(MaxScore-MinScore)*g.Answers
	return (200*sum + most) / (2 * most)
}

// Tenths gives the mean of each question in tenths: 73 is 7.3.
func (g *Group) Tenths() (overall, expected, ideal int) {
	if g.Answers == 0 {
		return 0, 0, 0
	}
	mean := func(sum int) int { return (20*sum + g.Answers) / (2 * g.Answers) }
	return mean(g.Overall), mean(g.Expected), mean(g.Ideal)
}

// Hide gives what may be shown of a month's answers: the whole, and the same answers
// once by team and once by topic. All of a month is hidden where there are fewer than
// MinGroup; scores are by question and shown with the whole only.
//
// Groups of a table go together until each has MinGroup, and until no groups of the one
// table lie within groups of the other and leave fewer than that beside them. Nothing
// else can be worked out by adding and subtracting, even by who knows which teams have
// which topics: a sum of groups taken plus or minus is a set of answers only where it
// is made of such differences.
func Hide(cells []Cell, scores [][]Scored) *Answers {
	whole := collect(cells, func(Cell) string { return "" })
	if len(whole) == 0 || whole[0].Answers < MinGroup {
		return &Answers{}
	}
	a := &Answers{All: whole[0], Scores: scores}
	a.All.Names = nil
	a.Teams = merge(collect(cells, func(c Cell) string { return c.Team }), nil, cells)
	a.Topics = merge(collect(cells, func(c Cell) string { return c.Topic }), a.Teams, cells)
	return a
}

// collect gathers cells into the groups of a table, the smallest first.
func collect(cells []Cell, name func(Cell) string) []Group {
	var all []Group
	for i, c := range cells {
		if c.Answers == 0 {
			continue
		}
		one := Group{
			Names: []string{name(c)}, Answers: c.Answers, Overall: c.Overall, Expected: c.Expected, Ideal: c.Ideal,
			cells: map[int]bool{i: true},
		}
		at := slices.IndexFunc(all, func(g Group) bool { return g.Names[0] == one.Names[0] })
		if at < 0 {
			all = append(all, one)
			continue
		}
		all[at] = all[at].with(one)
		all[at].Names = one.Names
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Answers, b.Answers), cmp.Compare(a.Names[0], b.Names[0]))
	})
	return all
}

func (g Group) with(other Group) Group {
	cells := maps.Clone(g.cells)
	maps.Copy(cells, other.cells)
	return Group{
		Names: append(slices.Clone(g.Names), other.Names...), Answers: g.Answers + other.Answers,
		Overall: g.Overall + other.Overall, Expected: g.Expected + other.Expected, Ideal: g.Ideal + other.Ideal, cells: cells,
	}
}

// maxGroups bounds the groups of a table, since each choice of them is looked at.
const maxGroups = 10

// merge puts groups of a table together, a small one with the next larger one, until
// none tells of too few beside what is shown already. What it ends with at the latest
// is one group of all, which says no more than the whole.
func merge(groups, shown []Group, cells []Cell) []Group {
	for len(groups) > 1 {
		at := tells(groups, shown, cells)
		if at < 0 {
			break
		}
		next := at + 1
		if next == len(groups) {
			next = at - 1
		}
		one := groups[at].with(groups[next])
		slices.Sort(one.Names)
		groups = slices.Delete(groups, min(at, next), max(at, next)+1)
		into, _ := slices.BinarySearchFunc(groups, one.Answers, func(g Group, n int) int { return cmp.Compare(g.Answers, n) })
		groups = slices.Insert(groups, into, one)
	}
	return groups
}

// tells gives the place of a group that must not stand alone; -1 where all may.
func tells(groups, shown []Group, cells []Cell) int {
	if groups[0].Answers < MinGroup || len(groups) > maxGroups {
		return 0
	}
	for choice := uint(1); choice < 1<<len(groups); choice++ {
		union := map[int]bool{}
		for i := range groups {
			if choice&(1<<i) != 0 {
				maps.Copy(union, groups[i].cells)
			}
		}
		if left := leftOf(union, shown, cells); left > 0 && left < MinGroup {
			return bits.TrailingZeros(choice)
		}
	}
	return -1
}

// leftOf is how many answers of a set are in no shown group that lies within the set.
// That is the least that can be told of the set; and since all choices of groups are
// looked at, what can be told of the answers beside it is looked at as well.
func leftOf(set map[int]bool, shown []Group, cells []Cell) (left int) {
	for c := range set {
		left += cells[c].Answers
	}
	for _, s := range shown {
		if within(s.cells, set) {
			left -= s.Answers
		}
	}
	return left
}

func within(inner, outer map[int]bool) bool {
	for c := range inner {
		if !outer[c] {
			return false
		}
	}
	return true
}
