package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"text/template"

	"github.com/argoproj/notifications-engine/pkg/triggers"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const (
	install       = "../install"
	notifications = install + "/notifications"
	healthKey     = "resource.customizations.health.migrations.coderanger.net_Migrator"
	actionsKey    = "resource.customizations.actions.migrations.coderanger.net_Migrator"
)

var notificationKeys = []string{
	"trigger.on-migration-awaiting-approval", "trigger.on-migration-failed", "trigger.on-migration-succeeded",
	"template.migration-awaiting-approval", "template.migration-failed", "template.migration-succeeded",
}

func TestActionsAreWhatIsInstalled(t *testing.T) {
	committed(t, filepath.Join(install, "actions.yaml"), actionsOf(t))
}

func TestHelmValuesAreWhatIsInstalled(t *testing.T) {
	committed(t, filepath.Join(install, "values.yaml"), helmValues(t))
}

func TestHelmValuesSayWhatTheComponentsSay(t *testing.T) {
	var values struct {
		Configs struct {
			CM     map[string]string `json:"cm"`
			RBAC   map[string]string `json:"rbac"`
			Params map[string]any    `json:"params"`
		} `json:"configs"`
		Notifications struct {
			Templates map[string]string `json:"templates"`
			Triggers  map[string]string `json:"triggers"`
		} `json:"notifications"`
	}
	parse(t, filepath.Join(install, "values.yaml"), &values)
	maps := built(t)
	for key, value := range values.Configs.CM {
		equal(t, key, maps["argocd-cm"][key], value)
	}
	for key, value := range values.Configs.RBAC {
		equal(t, key, maps["argocd-rbac-cm"][key], value)
	}
	for key, value := range values.Configs.Params {
		equal(t, key, maps["argocd-cmd-params-cm"][key], fmt.Sprint(value))
	}
	for _, key := range notificationKeys {
		equal(t, key, maps["argocd-notifications-cm"][key], values.Notifications.Templates[key]+values.Notifications.Triggers[key])
	}
}

// The components add to what Argo CD's own installation has, and take nothing away.
func TestTheComponentsMergeIntoAnInstallation(t *testing.T) {
	maps := built(t)
	equal(t, "a key that was there", maps["argocd-cm"]["url"], "https://argocd.example.com")
	equal(t, "a policy that was there", maps["argocd-rbac-cm"]["policy.csv"], "g, admins, role:admin\n")
	equal(t, healthKey, maps["argocd-cm"][healthKey], file(t, filepath.Join(customization, "health.lua")))
	equal(t, actionsKey, maps["argocd-cm"][actionsKey], installedActions(t))
}

func TestTriggers(t *testing.T) {
	conditions := map[string][]triggers.Condition{}
	for _, key := range notificationKeys {
		if name, isTrigger := strings.CutPrefix(key, "trigger."); isTrigger {
			var parsed []triggers.Condition
			must(t, yaml.Unmarshal([]byte(notification(t, key)), &parsed))
			conditions[name] = parsed
		}
	}
	service, err := triggers.NewService(conditions)
	must(t, err)
	expected := map[string]string{
		"failed":                      "on-migration-failed",
		"rollback-blocked":            "on-migration-failed",
		"awaiting-approval":           "on-migration-awaiting-approval",
		"awaiting-approval-of-a-step": "on-migration-awaiting-approval",
		"migrated":                    "on-migration-succeeded",
		"migrated-after-steps":        "on-migration-succeeded",
		"nothing-to-migrate":          "",
		"running":                     "",
		"retrying":                    "",
		"suspended":                   "",
		"migrated-but-suspended":      "",
	}
	for state, trigger := range expected {
		fired := ""
		for name := range conditions {
			results, err := service.Run(name, map[string]any{"app": application(t, state)})
			must(t, err)
			for _, result := range results {
				if result.Triggered {
					fired += name
				}
			}
		}
		equal(t, state, fired, trigger)
	}
	for name := range conditions {
		for _, app := range []map[string]any{{}, {"status": map[string]any{}}, application(t, "")} {
			results, err := service.Run(name, map[string]any{"app": app})
			must(t, err)
			for _, result := range results {
				if result.Triggered {
					t.Errorf("%s is told of %v", name, app)
				}
			}
		}
	}
}

func TestTemplates(t *testing.T) {
	for state, name := range map[string]string{
		"failed":            "migration-failed",
		"awaiting-approval": "migration-awaiting-approval",
		"migrated":          "migration-succeeded",
	} {
		var notification struct {
			Message string            `json:"message"`
			Email   map[string]string `json:"email"`
		}
		parse(t, filepath.Join(notifications, name+".yaml"), &notification)
		app := application(t, state)
		for _, text := range []string{notification.Message, notification.Email["subject"]} {
			parsed, err := template.New(name).Parse(text)
			must(t, err)
			var out bytes.Buffer
			must(t, parsed.Execute(&out, map[string]any{"app": app, "context": map[string]any{"argocdUrl": "https://argocd.example.com"}, "serviceType": "slack"}))
			if strings.Contains(out.String(), "<no value>") || !strings.Contains(out.String(), "shop-app") {
				t.Errorf("%s: %s", name, out.String())
			}
			if text == notification.Message && !strings.Contains(out.String(), healthOf(t, read(t, state+".yaml"), false).Message) {
				t.Errorf("%s does not say what the Migrator says: %s", name, out.String())
			}
		}
	}
}

// Whoever may approve may do nothing else with a Migrator.
func TestApproversMayApproveOnly(t *testing.T) {
	allowed := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(file(t, filepath.Join(install, "policy.csv"))), "\n") {
		fields := strings.Split(line, ", ")
		if len(fields) != 6 || fields[0] != "p" || fields[2] != "applications" || fields[5] != "allow" {
			t.Fatalf("not a line of a policy: %s", line)
		}
		allowed[fields[1]] = append(allowed[fields[1]], strings.TrimPrefix(fields[3], "action/"+kind+"/"))
	}
	same(t, []string{"get", "approve", "reject"}, allowed["role:migrations-approver"])
	var rest []string
	for _, action := range discover(t, read(t, "migrated.yaml")) {
		if action.Name != "approve" && action.Name != "reject" {
			rest = append(rest, action.Name)
		}
	}
	same(t, append(rest, "get"), allowed["role:migrations-maintainer"])
}

// An Application as the controller writes its status when told to keep health there.
func application(t *testing.T, state string) map[string]any {
	t.Helper()
	resources := []any{map[string]any{"kind": "ConfigMap", "version": "v1", "name": "settings", "status": "Synced"}}
	if state != "" {
		found := healthOf(t, read(t, state+".yaml"), false)
		resources = append(resources, map[string]any{
			"group": "migrations.coderanger.net", "kind": "Migrator", "name": "shop", "status": "Synced",
			"health": map[string]any{"status": found.Status, "message": found.Message},
		})
	}
	return map[string]any{
		"metadata": map[string]any{"name": "shop-app", "namespace": "argocd"},
		"status":   map[string]any{"resources": resources},
	}
}

func installedActions(t *testing.T) string {
	t.Helper()
	if *update {
		must(t, os.WriteFile(filepath.Join(install, "actions.yaml"), []byte(actionsOf(t)), 0o644))
	}
	return file(t, filepath.Join(install, "actions.yaml"))
}

// All actions in one text, as argocd-cm has them.
func actionsOf(t *testing.T) string {
	t.Helper()
	directory := filepath.Join(customization, "actions")
	scripts, err := filepath.Glob(filepath.Join(directory, "*", "action.lua"))
	must(t, err)
	sort.Strings(scripts)
	text := "# Made from resource_customizations by the tests in argocd/test (-update); do not edit.\n" +
		"discovery.lua: |\n" + indented(2, file(t, filepath.Join(directory, "discovery.lua"))) + "definitions:\n"
	for _, script := range scripts {
		text += "- name: " + filepath.Base(filepath.Dir(script)) + "\n  action.lua: |\n" + indented(4, file(t, script))
	}
	return text
}

func helmValues(t *testing.T) string {
	t.Helper()
	text := `# Values for the argo-cd chart (https://github.com/argoproj/argo-helm): helm upgrade … --values values.yaml
# Made from what is beside it by the tests in argocd/test (-update); do not edit.
configs:
  params:
    # the notifications below read the health of the Migrator in the Application's status
    controller.resource.health.persist: true
  rbac:
    policy.migrations.csv: |
` + indented(6, file(t, filepath.Join(install, "policy.csv"))) + `  cm:
    ` + healthKey + `: |
` + indented(6, file(t, filepath.Join(customization, "health.lua"))) + `    ` + actionsKey + `: |
` + indented(6, actionsOf(t)) + "notifications:\n"
	for _, part := range []string{"triggers", "templates"} {
		text += "  " + part + ":\n"
		for _, key := range notificationKeys {
			if strings.HasPrefix(key, strings.TrimSuffix(part, "s")+".") {
				text += "    " + key + ": |\n" + indented(6, notification(t, key))
			}
		}
	}
	return text
}

func notification(t *testing.T, key string) string {
	t.Helper()
	return file(t, filepath.Join(notifications, key[strings.Index(key, ".")+1:]+".yaml"))
}

func indented(spaces int, text string) string {
	var out strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		if strings.TrimSpace(line) != "" {
			out.WriteString(strings.Repeat(" ", spaces))
		}
		out.WriteString(line)
	}
	return out.String()
}

// The data of the ConfigMaps that kustomize makes of a small installation with both components.
func built(t *testing.T) map[string]map[string]string {
	t.Helper()
	directory, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	argocd, err := filepath.EvalSymlinks("..")
	must(t, err)
	argocd, err = filepath.Abs(argocd)
	must(t, err)
	component, err := filepath.Rel(directory, argocd)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(directory, "installation.yaml"), []byte(file(t, "testdata/installation.yaml")), 0o644))
	must(t, os.WriteFile(filepath.Join(directory, "kustomization.yaml"),
		[]byte("resources: [installation.yaml]\ncomponents: ["+component+", "+component+"/install/notifications]\n"), 0o644))
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), directory)
	must(t, err)
	maps := map[string]map[string]string{}
	for _, resource := range resources.Resources() {
		maps[resource.GetName()] = resource.GetDataMap()
	}
	return maps
}

func committed(t *testing.T, path, content string) {
	t.Helper()
	if *update {
		must(t, os.WriteFile(path, []byte(content), 0o644))
	}
	if file(t, path) != content {
		t.Errorf("%s is out of date: run go test -update, look at the difference, and commit it", path)
	}
}

func equal(t *testing.T, what, found, expected string) {
	t.Helper()
	if found != expected {
		t.Errorf("%s: expected %q, but it is %q", what, expected, found)
	}
}
