-- The health of a SkyfloAI for Argo CD.
local hs = {}
local status = obj.status
local spec = obj.spec or {}
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

local function is(found, value)
  return found ~= nil and found.status == value
end

local function explained(found)
  local text = found.type .. " is " .. found.status .. " (" .. (found.reason or "") .. ")"
  if found.message ~= nil and found.message ~= "" then
    text = text .. ": " .. found.message
  end
  return text
end

if spec.stop == true then
  hs.status = "Suspended"
  hs.message = "Stopped by its spec"
  return hs
end
if spec.paused == true then
  hs.status = "Suspended"
  hs.message = "Its components are left as they are (spec.paused); Conversations go on"
  return hs
end
if status == nil or status.conditions == nil then
  hs.status = "Progressing"
  hs.message = "The operator has not looked at it yet"
  return hs
end
if status.observedGeneration ~= nil and status.observedGeneration < generation then
  hs.status = "Progressing"
  hs.message = "The operator has not looked at the last change yet"
  return hs
end

local unproven = spec.approvals ~= nil and spec.approvals.allowUnproven == true
local progressing = condition("Progressing")
-- Components are looked at by another part of the operator than the rest, at another time: what it said of an earlier generation
-- says nothing of this one.
local asksForComponents = spec.ui ~= nil or spec.engine ~= nil or spec.mcp ~= nil
local componentsSeen = not asksForComponents
  or (progressing ~= nil and (progressing.observedGeneration == nil or progressing.observedGeneration >= generation))
if componentsSeen and is(condition("Degraded"), "True") then
  hs.status = "Degraded"
  hs.message = explained(condition("Degraded"))
  return hs
end
for _, name in ipairs({ "Ready", "RulesValid", "ApprovalsProven" }) do
  local found = condition(name)
  if is(found, "False") and not (name == "ApprovalsProven" and unproven) then
    hs.status = "Degraded"
    hs.message = explained(found)
    return hs
  end
end
if not componentsSeen then
  hs.status = "Progressing"
  hs.message = "The operator has not looked at its components yet"
  return hs
end
if is(progressing, "True") then
  hs.status = "Progressing"
  hs.message = explained(progressing)
  return hs
end
if is(condition("Available"), "False") then
  hs.status = "Degraded"
  hs.message = explained(condition("Available"))
  return hs
end
if is(condition("Ready"), "True") then
  hs.status = "Healthy"
  hs.message = condition("Ready").message or "Ready"
  return hs
end
hs.status = "Progressing"
hs.message = "It is not known whether it is ready"
return hs
