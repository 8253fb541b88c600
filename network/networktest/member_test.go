package networktest_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hyperledger/fabric-gateway/pkg/client"

	"github.com/skuld-registry/skuld/network/networktest"
)

// busy puts keys one after the other, once each, until stop. No put may fail.
func busy(t *testing.T, c floorClient, name string) (stop func() (puts int)) {
	t.Helper()
	end := make(chan struct{})
	var wait sync.WaitGroup
	puts := 0
	wait.Go(func() {
		for ; ; puts++ {
			select {
			case <-end:
				return
			default:
			}
			if err := c.put(t.Context(), name+strconv.Itoa(puts), "1"); err != nil {
				t.Errorf("put %d of %s: %v", puts, name, err)
			}
		}
	})
	return func() int {
		close(end)
		wait.Wait()
		return puts
	}
}

func TestAnOrganisationJoinsWhileTheOthersWorkAndStays(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true})
	stop := busy(t, connect(t, n.Connection(t, "lender"), nil), "meanwhile")
	mustRun(t, n, "organisation", "add", "lender2")
	mustRun(t, n, "organisation", "add", "collector2", "--peers", "2")
	if puts := stop(); puts == 0 {
		t.Error("nothing was put meanwhile")
	}
	out, err := n.Run(t, "organisation", "add", "lender2")
	if err == nil || !strings.Contains(out, "is a member already") {
		t.Errorf("added again: %v: %s", err, out)
	}
	for range 2 {
		for _, name := range []string{"lender2", "collector2"} {
			profile := n.Connection(t, name)
			c := connect(t, profile, nil)
			c.mustPut(t, "from", name)
			for _, member := range []string{"lender", "registrar", "lender2", "collector2"} {
				connect(t, n.Connection(t, member), nil).mustHold(t, "from", name)
			}
			c.mustEndorse(t, profile.RegistrarMSPID, profile.MSPID)
		}
		n.Stop(t)
		n.Up(t)
	}
	n.Upgrade(t, "floor")
	connect(t, n.Connection(t, "collector2"), nil).mustPut(t, "upgraded", "1")
}

// mustEndorse commits a put that just these organisations' peers endorse.
func (c floorClient) mustEndorse(t *testing.T, mspIDs ...string) {
	t.Helper()
	_, err := c.contract.SubmitWithContext(t.Context(), "put",
		client.WithArguments("endorsed by", strings.Join(mspIDs, " ")), client.WithEndorsingOrganizations(mspIDs...))
	if err != nil {
		t.Errorf("endorsed by %v: %v", mspIDs, detailed(err))
	}
}

// TestAJoinThatWasCutOffAnywhereIsCompletedByTheNextStart kills everything while
// an organisation joins.
func TestAJoinThatWasCutOffAnywhereIsCompletedByTheNextStart(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true})
	for name, after := range map[string]string{"lender2": "has the member lender2", "lender3": "lender3 serves"} {
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			// It is cut off, so how it ends does not matter.
			_, _ = n.Run(t, "organisation", "add", name)
		}()
		killAfter(t, n, after)
		<-asked
		n.Stop(t)
		n.Up(t)
		connect(t, n.Connection(t, name), nil).mustPut(t, "from", name)
	}
}
