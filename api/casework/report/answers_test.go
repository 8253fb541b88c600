package report_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/api/casework/report"
)

// said makes a cell in which every score is 7.
func said(team, topic string, n int) report.Cell {
	return report.Cell{Team: team, Topic: topic, Answers: n, Overall: 7 * n, Expected: 7 * n, Ideal: 7 * n}
}

func TestGroupsOfFewAnswersAreNotShown(t *testing.T) {
	for _, c := range []struct {
		name          string
		cells         []report.Cell
		all           int
		teams, topics string
	}{
		{"nobody said anything", nil, 0, "[]", "[]"},
		{"too few in all", []report.Cell{said("A", "plan", 4)}, 0, "[]", "[]"},
		{"just enough", []report.Cell{said("A", "plan", 5)}, 5, "[[A] 5]", "[[plan] 5]"},
		{"a small team goes with the next one, for what is left of the whole would tell", []report.Cell{said("A", "plan", 4), said("B", "plan", 5), said("C", "plan", 9)}, 18,
			"[[A B] 9 [C] 9]", "[[plan] 18]"},
		{"two small teams that are enough together", []report.Cell{said("A", "plan", 3), said("B", "plan", 2), said("C", "plan", 9)}, 14,
			"[[A B] 5 [C] 9]", "[[plan] 14]"},
		{"a topic within a team tells of the rest of the team", []report.Cell{said("A", "plan", 5), said("A", "payment", 3), said("B", "payment", 10)}, 18,
			"[[A] 8 [B] 10]", "[[payment plan] 18]"},
		{"teams that have topics of their own", []report.Cell{said("A", "plan", 6), said("B", "payment", 6)}, 12,
			"[[A] 6 [B] 6]", "[[payment] 6 [plan] 6]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := report.Hide(c.cells, nil)
			if a.All.Answers != c.all {
				t.Errorf("of all there are %d answers, want %d", a.All.Answers, c.all)
			}
			if got := names(a.Teams); got != c.teams {
				t.Errorf("the teams are %s, want %s", got, c.teams)
			}
			if got := names(a.Topics); got != c.topics {
				t.Errorf("the topics are %s, want %s", got, c.topics)
			}
		})
	}
}

func names(groups []report.Group) string {
	parts := make([]string, len(groups))
	for i, g := range groups {
		parts[i] = fmt.Sprint(g.Names, g.Answers)
	}
	slices.Sort(parts)
	return fmt.Sprint(parts)
}

// TestHiddenGroupsCannotBeWorkedOut tries every sum and difference of what is shown, on
// many small worlds, as somebody would who knows which teams have which topics.
func TestHiddenGroupsCannotBeWorkedOut(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	shown := 0
	for world := range 3000 {
		var cells []report.Cell
		for team := range 1 + random.IntN(4) {
			for topic := range 1 + random.IntN(4) {
				if n := random.IntN(9); n > 1 {
					cells = append(cells, said(fmt.Sprintf("team%d", team), fmt.Sprintf("topic%d", topic), n))
				}
			}
		}
		a := report.Hide(cells, nil)
		shown += len(a.Teams) + len(a.Topics)
		teams := unions(a.Teams, cells, func(c report.Cell) string { return c.Team })
		topics := unions(a.Topics, cells, func(c report.Cell) string { return c.Topic })
		all := append([]uint{1<<len(cells) - 1, 0}, append(teams, topics...)...)
		if a.All.Answers == 0 {
			all = nil
		}
		for _, outer := range all {
			for _, inner := range all {
				if inner&^outer != 0 {
					continue
				}
				if left := answersOf(outer&^inner, cells); left > 0 && left < report.MinGroup {
					t.Fatalf("world %d: %d answers can be worked out of the teams %s and the topics %s of %v", world, left, names(a.Teams), names(a.Topics), cells)
				}
			}
		}
	}
	if shown < 3000 {
		t.Errorf("only %d groups were shown in all worlds: hiding everything is no art", shown)
	}
}

// unions gives each choice of groups as the set of cells that it is made of.
func unions(groups []report.Group, cells []report.Cell, name func(report.Cell) string) []uint {
	var all []uint
	for choice := range 1 << len(groups) {
		set := uint(0)
		for i, g := range groups {
			for c := range cells {
				if choice&(1<<i) != 0 && slices.Contains(g.Names, name(cells[c])) {
					set |= 1 << c
				}
			}
		}
		all = append(all, set)
	}
	return all
}

func answersOf(set uint, cells []report.Cell) (n int) {
	for i, c := range cells {
		if set&(1<<i) != 0 {
			n += c.Answers
		}
	}
	return n
}

func TestIndexOfAnswersGoesFromNothingToAHundred(t *testing.T) {
	for _, c := range []struct{ score, want, tenths int }{{1, 0, 10}, {10, 100, 100}, {7, 67, 70}, {4, 33, 40}} {
		a := report.Hide([]report.Cell{{Team: "A", Topic: "plan", Answers: 5, Overall: 5 * c.score, Expected: 5 * c.score, Ideal: 5 * c.score}}, nil)
		if got := a.All.Index(); got != c.want {
			t.Errorf("the index of nothing but %d is %d, want %d", c.score, got, c.want)
		}
		if got, _, _ := a.All.Tenths(); got != c.tenths {
			t.Errorf("the mean of nothing but %d is %d tenths", c.score, got)
		}
	}
}
