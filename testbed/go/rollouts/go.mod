module testbed/rollouts

go 1.26

// Nothing is built of it: its archive carries the CRD of Rollout.
require github.com/argoproj/argo-rollouts v1.10.1
