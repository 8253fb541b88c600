package store_test

import (
	"testing"

	"github.com/skuld-registry/skuld/api/store"
)

func TestRehearsedWritesSayWhatTheyWouldAndAreTakenBack(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		imported(t, s, "kept", 1)
		ctx := store.Rehearse(t.Context())
		opened, made, err := s.OpenImport(ctx, store.Import{ID: "1", Party: lender, Digest: "d", Rows: 3, Created: noon})
		if err != nil || !made || opened == nil || opened.ID != "1" {
			t.Errorf("opening gives %+v, made: %t, %v", opened, made, err)
		}
		with, err := s.PutImportRows(ctx, "kept", []store.ImportRow{{Row: 1, State: store.RowWaiting}}, noon)
		if err != nil || with == nil || with.Waiting != 1 {
			t.Errorf("taking in a row gives %+v, %v", with, err)
		}
		set, err := s.SetImport(ctx, store.Import{ID: "kept", Party: lender}, store.ImportRunning, noon, store.ImportDraft)
		if err != nil || set == nil || set.State != store.ImportRunning {
			t.Errorf("starting gives %+v, %v", set, err)
		}
		if _, err := s.PutImportRows(ctx, "none", nil, noon); err == nil {
			t.Error("a write that fails is a success in a rehearsal")
		}
		all, err := s.Imports(t.Context(), lender)
		if err != nil || len(all) != 1 {
			t.Errorf("there are %+v, %v", all, err)
		}
		stands(t, s, "kept", store.ImportDraft, 0, 0, 0, 0)
	})
}
