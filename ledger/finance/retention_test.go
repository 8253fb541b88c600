package finance_test

import (
	"errors"
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestADischargedDebtIsKeptForTenYears(t *testing.T) {
	for last, want := range map[string]string{"2026-11-22": "2036-11-22", "2028-02-29": "2038-02-28"} {
		for _, j := range []finance.Jurisdiction{finance.Sweden, finance.Generic} {
			if got, err := finance.Retention(j, date(t, last)); err != nil || got != date(t, want) {
				t.Errorf("%s, last entry on %s: kept until %s: %v", j, last, got, err)
			}
		}
	}
}

func TestRetentionIsRefusedWhereItCannotBeKnown(t *testing.T) {
	if _, err := finance.Retention("DE", date(t, "2026-11-22")); err == nil {
		t.Error("a jurisdiction that is not known")
	}
	if _, err := finance.Retention(finance.Sweden, finance.Date{}); err == nil {
		t.Error("no date")
	}
	if _, err := finance.Retention(finance.Sweden, date(t, "1970-01-01")); err == nil {
		t.Error("a date before the rule")
	}
	if _, err := finance.Retention(finance.Sweden, date(t, "2195-01-01")); !errors.Is(err, finance.ErrOutOfRange) {
		t.Errorf("beyond the calendar: %v", err)
	}
}
