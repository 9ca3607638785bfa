-- Ends the run that is going on.
local run = (obj.status or {}).run
if run == nil then
  error("no run is going on", 0)
end

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["migrations.coderanger.net/cancel"] = run.id
return obj
