// Package test runs the health check and the actions of a Migrator in Argo CD's own Lua, over Migrators as the operator's tests
// have them, in the way Argo CD's own tests do it. With -update it writes what is expected, and what installs them, anew.
package test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	applicationpkg "github.com/argoproj/argo-cd/v3/pkg/apiclient/application"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const (
	customization = "../resource_customizations/migrations.coderanger.net/Migrator"
	kind          = "migrations.coderanger.net/Migrator"
)

var update = flag.Bool("update", false, "write what is expected, and what installs it, anew")

// The format of health_test.yaml in argo-cd's repository.
type healthTests struct {
	Tests []healthTest `json:"tests"`
}

type healthTest struct {
	InputPath    string `json:"inputPath"`
	HealthStatus health `json:"healthStatus"`
}

type health struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

// The format of action_test.yaml in argo-cd's repository.
type actionTests struct {
	DiscoveryTests []discoveryTest `json:"discoveryTests"`
	ActionTests    []actionTest    `json:"actionTests"`
}

type discoveryTest struct {
	InputPath string                    `json:"inputPath"`
	Result    []v1alpha1.ResourceAction `json:"result"`
}

type actionTest struct {
	Action               string `json:"action"`
	InputPath            string `json:"inputPath"`
	ExpectedOutputPath   string `json:"expectedOutputPath,omitempty"`
	ExpectedErrorMessage string `json:"expectedErrorMessage,omitempty"`
}

// What is shown of each action: where it does something, and where it cannot.
var shown = []struct{ action, state string }{
	{"approve", "awaiting-approval"},
	{"approve", "awaiting-approval-of-a-step"},
	{"approve", "running"},
	{"reject", "awaiting-approval"},
	{"reject", "awaiting-approval-of-a-step"},
	{"reject", "migrated"},
	{"retry", "failed"},
	{"retry", "retrying"},
	{"retry", "retried-in-vain"},
	{"retry", "running"},
	{"run", "migrated"},
	{"run", "failed"},
	{"run", "running"},
	{"cancel", "running-a-step"},
	{"cancel", "migrated"},
	{"suspend", "migrated"},
	{"suspend", "running-a-step"},
	{"suspend", "resumed"},
	{"resume", "suspended"},
	{"resume", "run-suspended"},
}

// What a phase may look like in Argo CD. Only what a person has to mend is Degraded.
var statusesOf = map[string][]string{
	"":                 {"Progressing"},
	"NothingToMigrate": {"Healthy", "Suspended"},
	"Migrated":         {"Healthy", "Suspended"},
	"Pending":          {"Progressing"},
	"Running":          {"Progressing"},
	"AwaitingApproval": {"Suspended"},
	"Suspended":        {"Suspended"},
	"Failed":           {"Degraded"},
	"Invalid":          {"Degraded"},
	"Blocked":          {"Degraded"},
}

func TestHealth(t *testing.T) {
	if *update {
		expected := healthTests{}
		for _, document := range documents(t) {
			expected.Tests = append(expected.Tests, healthTest{"testdata/" + document, healthOf(t, read(t, document), false)})
		}
		write(t, filepath.Join(customization, "health_test.yaml"), expected)
	}
	for _, test := range expectedHealth(t).Tests {
		t.Run(test.InputPath, func(t *testing.T) {
			object := object(t, filepath.Join(customization, test.InputPath))
			// a health check that is installed by argocd-cm has the base library; one that comes with Argo CD has all
			for _, openLibs := range []bool{false, true} {
				if found := healthOf(t, object, openLibs); found != test.HealthStatus {
					t.Errorf("open libraries: %v\nexpected %+v\nbut it is %+v", openLibs, test.HealthStatus, found)
				}
			}
		})
	}
}

func TestEveryStateHasAHealthTest(t *testing.T) {
	var tested []string
	for _, test := range expectedHealth(t).Tests {
		tested = append(tested, filepath.Base(test.InputPath))
	}
	same(t, documents(t), tested)
}

func TestHealthFollowsThePhase(t *testing.T) {
	for _, test := range expectedHealth(t).Tests {
		object := object(t, filepath.Join(customization, test.InputPath))
		phase, _, _ := unstructured.NestedString(object.Object, "status", "phase")
		observed, _, _ := unstructured.NestedInt64(object.Object, "status", "observedGeneration")
		allowed, known := statusesOf[phase]
		if object.GetAnnotations()["controller-utils/skip-reconcile"] == "true" {
			allowed = []string{"Suspended"}
		} else if observed < object.GetGeneration() {
			allowed = []string{"Progressing"}
		}
		if !known || !slices.Contains(allowed, test.HealthStatus.Status) {
			t.Errorf("%s: phase %q is %s", test.InputPath, phase, test.HealthStatus.Status)
		}
		if test.HealthStatus.Message == "" {
			t.Errorf("%s says nothing", test.InputPath)
		}
	}
}

// Nothing that is missing, as it is from an older operator, makes a script fail.
func TestWhateverIsMissingIsNoError(t *testing.T) {
	for _, document := range documents(t) {
		whole := read(t, document)
		for _, path := range paths("", whole.Object) {
			lacking := whole.DeepCopy()
			remove(lacking.Object, path)
			lacking.SetGroupVersionKind(whole.GroupVersionKind())
			if status := healthOf(t, lacking, false).Status; !slices.Contains([]string{"Healthy", "Progressing", "Suspended", "Degraded"}, status) {
				t.Errorf("%s without %s is %q", document, path, status)
			}
			discover(t, lacking)
		}
	}
}

func TestDiscovery(t *testing.T) {
	for _, test := range expectedActions(t).DiscoveryTests {
		t.Run(test.InputPath, func(t *testing.T) {
			found := discover(t, object(t, filepath.Join(customization, "actions", test.InputPath)))
			if !reflect.DeepEqual(found, test.Result) {
				t.Errorf("expected %+v\nbut it is %+v", test.Result, found)
			}
		})
	}
}

func TestEveryStateHasADiscoveryTest(t *testing.T) {
	var tested []string
	for _, test := range expectedActions(t).DiscoveryTests {
		tested = append(tested, filepath.Base(test.InputPath))
	}
	same(t, documents(t), tested)
}

func TestActions(t *testing.T) {
	for _, test := range expectedActions(t).ActionTests {
		t.Run(test.Action+"/"+test.InputPath, func(t *testing.T) {
			found, err := act(t, object(t, filepath.Join(customization, "actions", test.InputPath)), test.Action)
			if test.ExpectedErrorMessage != "" {
				if err == nil || err.Error() != test.ExpectedErrorMessage {
					t.Errorf("expected the error %q, but it is %v", test.ExpectedErrorMessage, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			expected := object(t, filepath.Join(customization, "actions", test.ExpectedOutputPath))
			if text(t, expected) != text(t, found) {
				t.Errorf("expected\n%s\nbut it is\n%s", text(t, expected), text(t, found))
			}
		})
	}
}

// In every state: what is offered works and asks for one thing; what is not offered and could do harm is an error.
func TestWhatIsOfferedWorks(t *testing.T) {
	for _, document := range documents(t) {
		before := read(t, document)
		for _, action := range discover(t, before) {
			after, err := act(t, before, action.Name)
			if action.Disabled {
				continue
			}
			if err != nil {
				t.Errorf("%s in %s: %v", action.Name, document, err)
				continue
			}
			changes := differences("", before.Object, after.Object)
			if len(changes) == 0 {
				t.Errorf("%s in %s changes nothing", action.Name, document)
			}
			for _, path := range changes {
				if path != "/spec/suspend" && !strings.HasPrefix(path, "/metadata/annotations") {
					t.Errorf("%s in %s changes %s", action.Name, document, path)
				}
			}
		}
	}
}

// The operator takes a value once: pressing the same button when the state is the same again has to be another request.
func TestAValueThatWasUsedIsNotUsedAgain(t *testing.T) {
	for _, document := range documents(t) {
		before := read(t, document)
		handled, _, _ := unstructured.NestedSlice(before.Object, "status", "handledRequests")
		for _, action := range discover(t, before) {
			if action.Disabled {
				continue
			}
			after, err := act(t, before, action.Name)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range handled {
				request := one.(map[string]any)
				key := "migrations.coderanger.net/" + request["request"].(string)
				changed := after.GetAnnotations()[key] != before.GetAnnotations()[key]
				if changed && after.GetAnnotations()[key] == request["value"] {
					t.Errorf("%s in %s sets %s to %v, which was answered already", action.Name, document, key, request["value"])
				}
			}
			asks := action.Name == "retry" || action.Name == "run" || action.Name == "approve" || action.Name == "reject"
			if asks && text(t, before) == text(t, after) {
				t.Errorf("%s in %s asks for nothing", action.Name, document)
			}
		}
	}
}

func expectedHealth(t *testing.T) healthTests {
	t.Helper()
	expected := healthTests{}
	parse(t, filepath.Join(customization, "health_test.yaml"), &expected)
	if len(expected.Tests) == 0 {
		t.Fatal("no health tests")
	}
	return expected
}

func expectedActions(t *testing.T) actionTests {
	t.Helper()
	if *update {
		writeActionTests(t)
	}
	expected := actionTests{}
	parse(t, filepath.Join(customization, "actions", "action_test.yaml"), &expected)
	if len(expected.DiscoveryTests) == 0 || len(expected.ActionTests) == 0 {
		t.Fatal("no action tests")
	}
	return expected
}

func writeActionTests(t *testing.T) {
	t.Helper()
	expected := actionTests{}
	for _, document := range documents(t) {
		expected.DiscoveryTests = append(expected.DiscoveryTests, discoveryTest{"../testdata/" + document, discover(t, read(t, document))})
	}
	directory := filepath.Join(customization, "actions", "testdata")
	must(t, os.RemoveAll(directory))
	must(t, os.MkdirAll(directory, 0o755))
	for _, one := range shown {
		test := actionTest{Action: one.action, InputPath: "../testdata/" + one.state + ".yaml"}
		after, err := act(t, read(t, one.state+".yaml"), one.action)
		if err != nil {
			test.ExpectedErrorMessage = err.Error()
		} else {
			test.ExpectedOutputPath = "testdata/" + one.action + "-" + one.state + ".yaml"
			write(t, filepath.Join(customization, "actions", test.ExpectedOutputPath), after.Object)
		}
		expected.ActionTests = append(expected.ActionTests, test)
	}
	write(t, filepath.Join(customization, "actions", "action_test.yaml"), expected)
}

// As argocd-cm has it.
func vm(t *testing.T, openLibs bool) lua.VM {
	t.Helper()
	return lua.VM{
		UseOpenLibs: openLibs,
		ResourceOverrides: map[string]v1alpha1.ResourceOverride{
			kind: {HealthLua: file(t, filepath.Join(customization, "health.lua")), Actions: installedActions(t)},
		},
	}
}

func healthOf(t *testing.T, object *unstructured.Unstructured, openLibs bool) health {
	t.Helper()
	vm := vm(t, openLibs)
	script, _, err := vm.GetHealthScript(object)
	must(t, err)
	found, err := vm.ExecuteHealthLua(object, script)
	if err != nil {
		t.Fatalf("%s: %v", object.GetName(), err)
	}
	return health{string(found.Status), found.Message}
}

func discover(t *testing.T, object *unstructured.Unstructured) []v1alpha1.ResourceAction {
	t.Helper()
	vm := vm(t, false)
	scripts, err := vm.GetResourceActionDiscovery(object)
	must(t, err)
	actions, err := vm.ExecuteResourceActionDiscovery(object, scripts)
	must(t, err)
	sort.Slice(actions, func(i, j int) bool { return actions[i].Name < actions[j].Name })
	return actions
}

func act(t *testing.T, object *unstructured.Unstructured, name string) (*unstructured.Unstructured, error) {
	t.Helper()
	vm := vm(t, false)
	action, err := vm.GetResourceAction(object, name)
	must(t, err)
	impacted, err := vm.ExecuteResourceAction(object.DeepCopy(), action.ActionLua, []*applicationpkg.ResourceActionParameters{})
	if err != nil {
		return nil, err
	}
	if len(impacted) != 1 || impacted[0].K8SOperation != lua.PatchOperation {
		t.Fatalf("%s does not patch one object: %+v", name, impacted)
	}
	return impacted[0].UnstructuredObj, nil
}

func documents(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(customization, "testdata"))
	must(t, err)
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if len(names) == 0 {
		t.Fatal("no documents: they are made by the operator's tests, mvn test -Dgenerate")
	}
	return names
}

func read(t *testing.T, document string) *unstructured.Unstructured {
	t.Helper()
	return object(t, filepath.Join(customization, "testdata", document))
}

func object(t *testing.T, path string) *unstructured.Unstructured {
	t.Helper()
	// by JSON, so that whole numbers are what Kubernetes' clients make of them
	content, err := yaml.YAMLToJSON([]byte(file(t, path)))
	must(t, err)
	object := &unstructured.Unstructured{}
	must(t, object.UnmarshalJSON(content))
	return object
}

func file(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return string(content)
}

func parse(t *testing.T, path string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(file(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func write(t *testing.T, path string, content any) {
	t.Helper()
	bytes, err := yaml.Marshal(content)
	must(t, err)
	must(t, os.WriteFile(path, bytes, 0o644))
}

func text(t *testing.T, object *unstructured.Unstructured) string {
	t.Helper()
	bytes, err := json.MarshalIndent(object.Object, "", " ")
	must(t, err)
	return string(bytes)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, expected []string, found []string) {
	t.Helper()
	sort.Strings(expected)
	sort.Strings(found)
	if !slices.Equal(expected, found) {
		t.Errorf("expected %v\nbut it is %v", expected, found)
	}
}

// The paths of all fields, with / between their names and the numbers of list items.
func paths(prefix string, node any) []string {
	var all []string
	switch node := node.(type) {
	case map[string]any:
		for key, value := range node {
			path := prefix + "\x00" + key
			all = append(all, path)
			all = append(all, paths(path, value)...)
		}
	case []any:
		for i, value := range node {
			all = append(all, paths(fmt.Sprintf("%s\x00%d", prefix, i), value)...)
		}
	}
	return all
}

func remove(root map[string]any, path string) {
	keys := strings.Split(path, "\x00")[1:]
	var node any = root
	for i, key := range keys {
		switch here := node.(type) {
		case map[string]any:
			if i == len(keys)-1 {
				delete(here, key)
				return
			}
			node = here[key]
		case []any:
			var index int
			fmt.Sscan(key, &index)
			node = here[index]
		}
	}
}

// The paths at which two objects differ. Numbers are compared as they are written.
func differences(path string, one, other any) []string {
	left, isMap := one.(map[string]any)
	right, alsoMap := other.(map[string]any)
	if !isMap || !alsoMap {
		a, _ := json.Marshal(one)
		b, _ := json.Marshal(other)
		if string(a) == string(b) {
			return nil
		}
		return []string{path}
	}
	var all []string
	for key := range left {
		all = append(all, differences(path+"/"+key, left[key], right[key])...)
	}
	for key := range right {
		if _, known := left[key]; !known {
			all = append(all, path+"/"+key)
		}
	}
	return all
}
