-- Runs the migration of the desired revision again.
local status = obj.status or {}
local newest = (status.history or {})[1] or {}

-- The operator takes a value once, and remembers the last one. There is no clock here that would give another each time.
local function unused(request, value)
  for _, handled in ipairs(status.handledRequests or {}) do
    if handled.request == request and handled.value == value then
      return value .. " again"
    end
  end
  return value
end

if status.run ~= nil or status.phase ~= "Migrated" then
  error("a migration is run again when the last one has succeeded", 0)
end

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["migrations.coderanger.net/run"] = unused("run", "after " .. (newest.id or "none"))
return obj
