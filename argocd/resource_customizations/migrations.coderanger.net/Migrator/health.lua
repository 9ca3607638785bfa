-- Health of a Migrator (https://github.com/coderanger/migrations-operator).
--
-- The status follows kstatus: Ready, Reconciling and Stalled are never contradictory. In the phases AwaitingApproval and
-- Suspended none of them is true: nothing goes on, nothing is wrong, and a person is awaited.
-- Only the base library is used, and no clock: times are those of the status.

local status = obj.status or {}
local metadata = obj.metadata or {}
local run = status.run
local hs = {}

local function condition(kind)
  for _, any in ipairs(status.conditions or {}) do
    if any.type == kind then
      return any
    end
  end
  return {}
end

local function is_true(kind)
  return condition(kind).status == "True"
end

-- What the operator itself says.
local function said()
  return condition("Ready").message or status.phase or ""
end

local function count(number, one, many)
  if number == 1 then
    return "1 " .. one
  end
  return number .. " " .. many
end

-- Pods that are held back.
local function waiting()
  if (status.waitingPods or 0) == 0 then
    return ""
  end
  return ". " .. count(status.waitingPods, "pod waits", "pods wait")
end

-- Pods that nothing holds back, though they should be.
local function ungated()
  if is_true("UngatedPods") then
    return ". " .. (condition("UngatedPods").message or "")
  end
  return ""
end

local function lines(output)
  if output == nil or output == "" then
    return ""
  end
  return "\n" .. output
end

-- Since when the current step runs, or else the whole run.
local function since()
  for _, step in ipairs(run.steps or {}) do
    if step.job == run.job and step.startTime ~= nil then
      return step.startTime
    end
  end
  return run.startTime
end

local function attempt()
  local parts = ""
  if (run.attempt or 0) > 0 then
    parts = "attempt " .. run.attempt .. ", "
  end
  if since() == nil then
    return ""
  end
  return " (" .. parts .. "since " .. since() .. ")"
end

-- The newest run to the desired revision, if it has not succeeded.
local function failure()
  for _, entry in ipairs(status.history or {}) do
    if entry.revision ~= nil and entry.revision == status.desiredRevision then
      if entry.outcome == "Failed" or entry.outcome == "Cancelled" or entry.outcome == "Rejected" then
        return entry
      end
      return nil
    end
  end
  return nil
end

local function failed()
  local entry = failure()
  if status.phase ~= "Failed" or entry == nil then
    return said()
  end
  local verbs = { Failed = " failed: ", Cancelled = " was stopped: ", Rejected = " was " }
  local message = "The migration to " .. entry.revision .. verbs[entry.outcome] .. (entry.message or "")
  if entry.job ~= nil and entry.job ~= "" then
    message = message .. " (Job " .. entry.job
    if entry.attempts ~= nil then
      message = message .. ", " .. count(entry.attempts, "attempt", "attempts")
    end
    message = message .. ", " .. (entry.startTime or "") .. " to " .. (entry.completionTime or "") .. ")"
  end
  return message .. ". Roll out a mended version, change the Migrator, or run the action Retry" .. waiting()
    .. lines(entry.output)
end

local function approval()
  local pending = status.pendingApproval
  if pending == nil then
    return said()
  end
  local what = "The migration to " .. (pending.revision or "") .. " waits for approval"
  if pending.step ~= nil then
    what = what .. " after step " .. pending.step
  end
  return what .. " since " .. (pending.since or "") .. ": run the action Approve or Reject" .. waiting()
    .. lines(pending.output)
end

local function suspended()
  if run ~= nil then
    local step = ""
    if run.step ~= nil then
      step = " at step " .. run.step
    end
    return "The migration to " .. (run.revision or "") .. " is suspended" .. step .. ": run the action Resume" .. waiting()
  end
  return said() .. ". Run the action Resume"
end

local function migrated()
  local newest = (status.history or {})[1]
  if newest == nil or newest.revision ~= status.desiredRevision or newest.completionTime == nil then
    return said()
  end
  local by = ""
  if newest.approvedBy ~= nil then
    by = ", approved by " .. newest.approvedBy
  end
  return said() .. " (" .. newest.completionTime .. by .. ")"
end

local function verdict(code, message)
  hs.status = code
  hs.message = message .. ungated()
  return hs
end

local spec = obj.spec or {}
local annotations = metadata.annotations or {}

if annotations["controller-utils/skip-reconcile"] == "true" then
  return verdict("Suspended",
    "The operator leaves this Migrator alone: take the annotation controller-utils/skip-reconcile away")
end

if status.observedGeneration == nil or condition("Ready").status == nil then
  return verdict("Progressing", "Waiting for the operator to look at this Migrator")
end

if metadata.generation ~= nil and status.observedGeneration < metadata.generation then
  return verdict("Progressing", "Waiting for the operator to look at generation " .. metadata.generation)
end

if is_true("Stalled") then
  return verdict("Degraded", failed())
end

if status.phase == "AwaitingApproval" then
  return verdict("Suspended", approval())
end

if status.phase == "Suspended" then
  return verdict("Suspended", suspended())
end

if is_true("Ready") then
  if spec.suspend == true then
    return verdict("Suspended", said() .. "; spec.suspend is true: the next migration waits for the action Resume")
  end
  return verdict("Healthy", migrated())
end

if run ~= nil then
  return verdict("Progressing", said() .. attempt())
end
return verdict("Progressing", said())
