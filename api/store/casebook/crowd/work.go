package crowd

import (
	"fmt"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// statement writes the rows of one table.
type statement struct {
	of   string // the table
	text string
}

// template is a statement with how many rows it writes for each thousand notes, and
// what stands in them: of i, which counts from 0, and of k, the case that the row is
// about. Both databases understand it.
type template struct {
	table   string
	perMill int
	columns string
	values  string
}

// From a number come a day of the half-year, and who of staff it was.
const (
	aDay  = "'2026-0' || CAST(1 + i / 10 % 6 AS TEXT) || '-1' || CAST(i % 10 AS TEXT)"
	aName = "'staff-' || CAST(1 + i % 40 AS TEXT)"
)

// templates are all tables of which a page shows rows. A fifth of the tasks have not
// ended, and are two tenths of the notes.
var templates = []template{
	{"tasks", 1000, "id, place, kind, about, note, reason, details, due, promised, priority, team, owner, state, added, taken, passed, remark, ended, ended_by, outcome",
		`'task-' || CAST(i AS TEXT), i + 1, CASE i % 7 WHEN 0 THEN 'callback' WHEN 1 THEN 'complaint' WHEN 2 THEN 'proposal' WHEN 3 THEN 'payment' ELSE 'next' END,
			CASE i % 7 WHEN 0 THEN 'call-' WHEN 1 THEN 'complaint-' WHEN 2 THEN 'decision-' WHEN 3 THEN 'entry-' ELSE 'next-' END || CAST(i AS TEXT), k.note,
			CASE i % 7 WHEN 0 THEN 'task-callback' WHEN 1 THEN 'task-complaint' WHEN 2 THEN 'task.proposal.reminder' WHEN 3 THEN 'task.payment' ELSE 'task-next' END,
			'{"what":"Ring igen"}', {now} - 86400 * 2 + i * 7919 % 1209600, CASE WHEN i % 7 = 0 THEN 1 ELSE 0 END, CASE WHEN i % 97 = 0 THEN 1 WHEN i % 4 = 0 THEN 3 ELSE 2 END,
			CASE WHEN i % 3 = 0 THEN 'norr' ELSE '' END, CASE WHEN i % 4 = 0 THEN '' ELSE {name} END, CASE WHEN i % 4 = 0 THEN 'open' ELSE 'taken' END,
			{now} - 864000, 0, '', '', CASE WHEN i % 5 > 0 THEN {now} - i ELSE 0 END, '', ''`},
	{"contacts", 2000, "id, place, note, party, staff, at, channel, direction, outcome, topic, words, number, peer, code, follow_up, next, next_owner, next_due",
		`'contact-' || CAST(i AS TEXT), i + 1, k.note, '', {name}, {now} - 60 * ({rows} - i), 'phone', CASE WHEN i % 3 = 0 THEN 'in' ELSE 'out' END,
			CASE WHEN i % 2 = 0 THEN 'reached' ELSE 'no_answer' END, 'payment', 'Vill betala efter lön, den 25:e. Ring inte före klockan tio.', '+4681234567',
			CASE WHEN i % 9 = 0 THEN '+46701234567' ELSE '' END, '', 0, '', '', 0`},
	{"promised_calls", 1000, "id, place, note, party, number, language, words, remote, untold, created, promised, missed, counted, ended, outcome",
		`'call-' || CAST(i AS TEXT), i + 1, k.note, '', '+46701234567', 'sv', 'Om planen', 0, 0, {now} - 86400, {now} + i % 86400, i % 2, 0,
			CASE WHEN i % 5 > 0 THEN {now} ELSE 0 END, ''`},
	{"promises", 200, "id, place, note, party, staff, made, amount, day, state, settled",
		`'promise-' || CAST(i AS TEXT), i + 1, k.note, '', {name}, {now} - 864000, 50000, {day}, CASE i % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'kept' ELSE 'broken' END,
			CASE WHEN i % 3 > 0 THEN {now} - 86400 ELSE 0 END`},
	{"complaint_register", 20, "id, place, number, note, party, channel, language, words, entry, remote, untold, received, answer_by, registered, answered, answered_by, answer",
		`'complaint-' || CAST(i AS TEXT), i + 1, 'K' || CAST(i AS TEXT), k.note, '', 'phone', 'sv', 'Ingen ringde tillbaka.', '', 0, 0, {now} - 60 * ({rows} - i), {day}, {name},
			CASE WHEN i % 2 = 0 THEN {now} ELSE 0 END, '', ''`},
	{"flags", 30, "id, place, note, party, kind, basis, words, keeper, raised, raised_by, until, lifted, lifted_by",
		`'flag-' || CAST(i AS TEXT), i + 1, k.note, '', 'illness', 'consent', 'Ligger på sjukhus.', {name}, {now} - 864000, {name}, '2026-1' || CAST(i % 3 AS TEXT) || '-01', 0, ''`},
	{"acts", 3000, "id, place, name, note, staff, rule, reason, approved, undoes, command, unsettled, body, undo_name, undo_body, at",
		`'act-' || CAST(i AS TEXT), i + 1, CASE i % 3 WHEN 0 THEN 'contact.log' WHEN 1 THEN 'case.assign' ELSE 'pay' END, k.note, {name}, '', 'Begärt i telefon', '', '',
			CASE WHEN i % 3 = 2 AND i / 3 < {notes} / 2 THEN 'command-' || CAST(i / 3 + 1 AS TEXT) ELSE '' END, 0, '{}', '', '{}', {now} - 30 * ({rows} - i)`},
	{"approvals", 3, "id, place, name, note, body, reason, undoes, asked, created, verdict, decider, words, decided",
		`'approval-' || CAST(i AS TEXT), i + 1, 'case.assign', k.note, '{"note":"' || k.note || '","owner":"staff-2"}', 'Byter handläggare', '', 'staff-2', {now} - 3600, '', '', '', 0`},
	{"decisions", 2000, "id, place, rule, version, kind, note, about, day, body, state, act, staff, reason, at, settled",
		`'decision-' || CAST(i AS TEXT), i + 1, CASE WHEN i % 3 = 0 THEN 'SE.reminder' ELSE 'SE.demand' END, 1, 'reminder', k.note, '', {day}, {decision},
			CASE i % 20 WHEN 0 THEN 'proposed' WHEN 1 THEN 'overridden' ELSE 'done' END, '', '', '', {now} - 60 * ({rows} - i), 0`},
	{"bank_files", 5, "id, place, name, format, version, message, written, received, staff, state, waiting, finished, faults, error",
		`'file-' || CAST(i AS TEXT), i + 1, 'camt053.xml', 'camt.053', '08', 'M' || CAST(i AS TEXT), {now} - 86400, {now} - 3600, {name}, 'finished', 0, {now}, 'null', 'null'`},
	{"bank_entries", 1000, `id, place, file, line, format, booking, parts, whole, account, amount, currency, credit, reversal, booked_on, bank_ref, part_ref, back,
			payer, payer_account, payer_number, details, state, why, candidates, twin, after, changed`,
		`'entry-' || CAST(i AS TEXT), i + 1, 'file-' || CAST(i % 10 AS TEXT), i, 'camt.053', 'booking-' || CAST(i AS TEXT), 1, 50000, '5000000000', 50000, 'SEK', 1, 0, {day}, '', '', '',
			'Anna Andersson', '6000' || CAST(i AS TEXT), '', '{"references":["1234"],"text":["lån"]}',
			CASE i % 10 WHEN 0 THEN 'unmatched' WHEN 1 THEN 'matched' WHEN 2 THEN 'ignored' ELSE 'applied' END, 'payment.why.unknown', '[{"note":"' || k.note || '","reasons":["amount"]}]', '', '', {now}`},
	{"bank_file_entries", 1000, "file, line, entry", `'file-' || CAST(i % 10 AS TEXT), i, 'entry-' || CAST(i AS TEXT)`},
	{"bank_parts", 500, `id, place, entry, act, kind, note, amount, currency, booked_on, state, why, tried, command, seq, client, undo, remark, account, accounted, accounted_back`,
		`'part-' || CAST(i AS TEXT), i + 1, 'entry-' || CAST(i AS TEXT), '', CASE WHEN i % 50 = 0 THEN 'return' ELSE 'pay' END, k.note, 50000, 'SEK', {day},
			CASE WHEN i % 50 = 0 THEN 'due' ELSE 'done' END, '', 0, CASE WHEN i % 50 = 0 THEN '' ELSE 'command-' || CAST(i + 1 AS TEXT) END, 5, k.client, '', '', '', CASE WHEN i % 5 > 0 THEN {now} ELSE 0 END, 0`},
	{"desk_commands", 500, "command, act, seq, signed, state, code, created", `'command-' || CAST(i + 1 AS TEXT), '', 5, '{}', 'committed', '', {now}`},
	{"letters", 1000, "id, place, note, party, kind, channel, reach, name, title, facts, body, digest, fee, act, staff, rule, state, at, sent, delivered, withdrawn",
		`'letter-' || CAST(i AS TEXT), i + 1, k.note, '', 'reminder', 'letter', '', 'Anna Andersson', 'Påminnelse', '{}', '{}', '{digest}', 0, '', {name}, '',
			CASE i % 20 WHEN 0 THEN 'made' WHEN 1 THEN 'withdrawn' ELSE 'sent' END, {now} - 60 * ({rows} - i), {now} - 60 * ({rows} - i), '', 0`},
	{"heard_answers", 50, "id, month, team, topic, overall, expected, ideal, words, heard",
		`'answer-' || CAST(i AS TEXT), '2026-0' || CAST(1 + i % 6 AS TEXT), CASE WHEN i % 3 = 0 THEN 'norr' ELSE '' END, 'payment', 1 + i % 10, 1 + i % 7, 1 + i % 5, '', {now}`},
}

// statements are those that fill the tables after the notes and the cases.
func statements(w Wish) []statement {
	all := []statement{
		{"transactions", numbered("transactions", "id, block, at", 5*w.Notes, `'tx-' || CAST(i AS TEXT), i / 100, '2026-0' || CAST(1 + i % 5 AS TEXT) || '-1' || CAST(i % 10 AS TEXT) || 'T12:00:00Z'`)},
		{"entries", numbered("entries", "kind, id, seq, position, op, command, head, tx", 5*w.Notes, `'note', n.id, i % 5 + 1, n.born + i % 5,
			CASE i % 5 WHEN 0 THEN 'offer' WHEN 1 THEN 'accept' WHEN 2 THEN 'transfer.offer' WHEN 3 THEN 'transfer.accept' ELSE 'pay' END,
			CASE WHEN i % 5 = 4 THEN 'command-' ELSE 'other-' || CAST(i % 5 AS TEXT) || '-' END || CAST(i / 5 + 1 AS TEXT), '', 'tx-' || CAST(i AS TEXT)`) +
			" JOIN notes n ON n.born = (i / 5 + 1) * 10"},
		{"entries of the longest case", numbered("entries", "kind, id, seq, position, op, command, head, tx", MostRows-5,
			fmt.Sprintf(`'note', '%s', i + 6, %d + i, 'pay', 'long-' || CAST(i AS TEXT), '', 'tx-' || CAST(i %% 100 AS TEXT)`, NoteID(Longest), born(w.Notes+1)))},
	}
	cases := fmt.Sprintf(" JOIN cases k ON k.number = CASE WHEN i %% %d = 0 THEN %d ELSE 1 + i * 7919 %% %d END", longestPart, Longest, w.cases())
	for _, t := range templates {
		rows := max(t.perMill*w.Notes/1000, 1)
		values := strings.NewReplacer(
			"{now}", fmt.Sprint(w.Now.Unix()), "{rows}", fmt.Sprint(rows), "{notes}", fmt.Sprint(w.Notes), "{day}", aDay, "{name}", aName, "{digest}", ledger.Digest{}.String(),
			"{decision}", "'"+strings.ReplaceAll(string(w.Decision), "'", "''")+"'",
		).Replace(t.values)
		on := cases
		if t.table == "bank_parts" { // what was paid stands on the note of its command
			on = " JOIN cases k ON k.number = i + 1"
		}
		all = append(all, statement{t.table, numbered(t.table, t.columns, rows, values) + on})
	}
	for day := range 3 { // every case is read by somebody, and the longest by everybody
		on := w.today().AddDays(-day)
		all = append(all, statement{"readings", fmt.Sprintf(`INSERT INTO readings (staff, note, day, why, first, last, times)
			SELECT s.id, k.note, '%s', 'case', %d, %d, 2 FROM cases k JOIN staff s ON s.place = 1 + k.number %% %d OR k.number = %d`,
			on, w.Now.Unix(), w.Now.Unix(), Members, Longest)})
	}
	return all
}

// numbered gives a statement that writes rows from a count that begins with 0.
func numbered(table, columns string, rows int, values string) string {
	return fmt.Sprintf("INSERT INTO %s (%s) WITH RECURSIVE c (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM c WHERE i < %d) SELECT %s FROM c",
		table, columns, rows-1, values)
}
