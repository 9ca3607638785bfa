-- Rejects what the Migrator waits for. The value names the revision, and within a run its step, so it decides nothing else.
local pending = (obj.status or {}).pendingApproval
if pending == nil or pending.value == nil then
  error("nothing waits for approval", 0)
end

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["migrations.coderanger.net/reject"] = pending.value
return obj
