-- Runs a failed migration again; while a failed step waits for its next attempt, tries it at once.
local status = obj.status or {}
local run = status.run
local newest = (status.history or {})[1]

-- The operator takes a value once, and remembers the last one. There is no clock here that would give another each time.
local function unused(request, value)
  for _, handled in ipairs(status.handledRequests or {}) do
    if handled.request == request and handled.value == value then
      return value .. " again"
    end
  end
  return value
end

local value = nil
if run ~= nil and run.nextAttemptTime ~= nil then
  value = run.job
elseif run == nil and status.phase == "Failed" and newest ~= nil then
  value = newest.id
end
if value == nil then
  error("no migration has failed", 0)
end

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["migrations.coderanger.net/retry"] = unused("retry", value)
return obj
