-- What may be asked of a Migrator now. An action that makes no sense in the current state is shown disabled.
local status = obj.status or {}
local spec = obj.spec or {}
local run = status.run
local idle = run == nil
local annotations = (obj.metadata or {}).annotations or {}
local alone = annotations["controller-utils/skip-reconcile"] == "true"

local actions = {}

local function offer(name, title, icon, sensible)
  actions[name] = {
    ["disabled"] = alone or not sensible,
    ["displayName"] = title,
    ["iconClass"] = "fa fa-fw " .. icon
  }
end

local asked = status.pendingApproval ~= nil
offer("approve", "Approve", "fa-check", asked)
offer("reject", "Reject", "fa-times", asked)

local again = (idle and status.phase == "Failed") or (run ~= nil and run.nextAttemptTime ~= nil)
offer("retry", "Retry", "fa-redo", again)
offer("run", "Run again", "fa-play-circle", idle and status.phase == "Migrated" and spec.suspend ~= true)
offer("cancel", "Cancel", "fa-stop", run ~= nil and run.cancelledBy == nil and run.replacedBy == nil)

local paused = run ~= nil and run.suspended == true
offer("suspend", "Suspend", "fa-pause", spec.suspend ~= true or (run ~= nil and not paused))
offer("resume", "Resume", "fa-play", spec.suspend == true or paused)

return actions
