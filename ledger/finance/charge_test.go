package finance_test

import (
	"testing"

	"github.com/skuld-registry/skuld/ledger/finance"
)

func TestAFeeIsWhatTheLawAndTheNoteAllow(t *testing.T) {
	facts := func(kind finance.ChargeKind, change func(*finance.ChargeFacts)) finance.ChargeFacts {
		f := finance.ChargeFacts{
			Kind: kind, Jurisdiction: finance.Sweden, Consumer: true, Currency: "SEK",
			AgreedOn: date(t, "2025-05-01"), On: date(t, "2026-03-02"),
		}
		if change != nil {
			change(&f)
		}
		return f
	}
	agreed := func(a finance.Amount) func(*finance.ChargeFacts) {
		return func(f *finance.ChargeFacts) { f.Agreed = a }
	}
	for name, c := range map[string]struct {
		facts finance.ChargeFacts
		want  finance.Amount
		rule  string
	}{
		"a reminder that was not agreed":           {facts(finance.ReminderCharge, nil), 0, "agreed"},
		"a reminder for less than the law's":       {facts(finance.ReminderCharge, agreed(45_00)), 45_00, "agreed"},
		"a reminder for more than the law's":       {facts(finance.ReminderCharge, agreed(75_00)), 60_00, "SE-1981:739-2"},
		"a demand":                                 {facts(finance.DemandCharge, nil), 180_00, "SE-1981:739-3-demand"},
		"a demand before the rule":                 {facts(finance.DemandCharge, func(f *finance.ChargeFacts) { f.On = date(t, "2013-03-15") }), 0, ""},
		"a demand in another currency":             {facts(finance.DemandCharge, func(f *finance.ChargeFacts) { f.Currency = "EUR" }), 0, "SE-1981:739-3-demand"},
		"a plan":                                   {facts(finance.PlanCharge, nil), 170_00, "SE-1981:739-3-plan"},
		"late payment of a consumer":               {facts(finance.LatePaymentCharge, func(f *finance.ChargeFacts) { f.CreditPurchase = true }), 0, ""},
		"late payment of a trader for a loan":      {facts(finance.LatePaymentCharge, func(f *finance.ChargeFacts) { f.Consumer = false }), 0, ""},
		"late payment of a trader for goods":       {facts(finance.LatePaymentCharge, func(f *finance.ChargeFacts) { f.Consumer, f.CreditPurchase = false, true }), 450_00, "SE-1981:739-4a"},
		"an agreed reminder where there is no law": {facts(finance.ReminderCharge, func(f *finance.ChargeFacts) { f.Jurisdiction, f.Agreed = finance.Generic, 75_00 }), 75_00, "agreed"},
		"a demand where there is no law":           {facts(finance.DemandCharge, func(f *finance.ChargeFacts) { f.Jurisdiction = finance.Generic }), 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := finance.LimitCharge(c.facts)
			if err != nil || got.AtMost != c.want || got.Rule != c.rule {
				t.Errorf("got %+v, %v; want %d by %q", got, err, c.want, c.rule)
			}
		})
	}
	for _, f := range []finance.ChargeFacts{
		facts("visit", nil), facts(finance.DemandCharge, func(f *finance.ChargeFacts) { f.On = finance.Date{} }),
		facts(finance.DemandCharge, func(f *finance.ChargeFacts) { f.AgreedOn = finance.Date{} }),
		facts(finance.DemandCharge, func(f *finance.ChargeFacts) { f.Jurisdiction = "XX" }),
	} {
		if got, err := finance.LimitCharge(f); err == nil {
			t.Errorf("%+v is limited to %+v, want an error", f, got)
		}
	}
}
