-- The health of a Conversation for Argo CD: what waits for a person is Suspended, so that a sync neither fails nor goes on.
local hs = {}
local status = obj.status
local generation = obj.metadata.generation or 0

local function condition(name)
  if status ~= nil and status.conditions ~= nil then
    for _, found in ipairs(status.conditions) do
      if found.type == name then
        return found
      end
    end
  end
  return nil
end

local function explained(found, otherwise)
  if found == nil then
    return otherwise
  end
  local text = found.reason or ""
  if found.message ~= nil and found.message ~= "" then
    text = text .. ": " .. found.message
  end
  return text
end

if status == nil or status.phase == nil or status.phase == "" then
  hs.status = "Progressing"
  hs.message = "The operator has not taken it up yet"
  return hs
end
if status.observedGeneration ~= nil and status.observedGeneration < generation then
  hs.status = "Progressing"
  hs.message = "The operator has not looked at the last change yet"
  return hs
end

local accepted = condition("Accepted")
if accepted ~= nil and accepted.status == "False" then
  if accepted.reason == "TurnQueued" then
    hs.status = "Progressing"
  elseif accepted.reason == "SkyfloAIStopped" then
    hs.status = "Suspended"
  else
    hs.status = "Degraded"
  end
  hs.message = explained(accepted, "It is not accepted")
  return hs
end

if status.phase == "AwaitingApproval" then
  local pending = status.pendingApprovals or 0
  hs.status = "Suspended"
  if pending == 1 then
    hs.message = "1 call waits for approval"
  elseif pending > 1 then
    hs.message = pending .. " calls wait for approval"
  else
    hs.message = explained(condition("ApprovalRequired"), "A call waits for approval")
  end
elseif status.phase == "Completed" then
  hs.status = "Healthy"
  hs.message = status.title or "Answered"
elseif status.phase == "Failed" then
  hs.status = "Degraded"
  hs.message = explained(condition("Failed"), status.reason or "The turn failed")
elseif status.phase == "Stopped" then
  hs.status = "Suspended"
  hs.message = explained(condition("Failed"), status.reason or "Stopped")
else
  hs.status = "Progressing"
  hs.message = status.activity or status.phase
end
return hs
