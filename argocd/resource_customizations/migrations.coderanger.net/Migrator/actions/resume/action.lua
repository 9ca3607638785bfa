-- Goes on: with the run that is suspended, and with runs that spec.suspend holds back.
local status = obj.status or {}
local run = status.run

-- The operator takes a value once, and remembers the last one. There is no clock here that would give another each time.
local function unused(request, value)
  for _, handled in ipairs(status.handledRequests or {}) do
    if handled.request == request and handled.value == value then
      return value .. " again"
    end
  end
  return value
end

if obj.spec == nil then
  obj.spec = {}
end
obj.spec.suspend = false

if run ~= nil then
  if obj.metadata.annotations == nil then
    obj.metadata.annotations = {}
  end
  obj.metadata.annotations["migrations.coderanger.net/resume-run"] = unused("resume-run", run.id)
end
return obj
