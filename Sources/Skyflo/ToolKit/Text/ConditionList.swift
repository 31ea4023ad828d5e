import KubeModel

package enum ConditionList {
    package static func write(_ object: KubeObject, outline: inout Outline) {
        outline.section("Conditions") { outline in
            for condition in object["status", "conditions"]?.array ?? [] {
                var text = "\(condition["type"]?.string ?? "")=\(condition["status"]?.string ?? "")"
                if let reason = condition["reason"]?.string, !reason.isEmpty { text += " (\(reason))" }
                let times = [("lastTransitionTime", "since"), ("lastHeartbeatTime", "heartbeat")].compactMap {
                    field, title in
                    condition[field]?.string.map { "\(title) \($0)" }
                }
                if !times.isEmpty { text += " \(times.joined(separator: ", "))" }
                if let message = condition["message"]?.string, !message.isEmpty { text += ": \(message)" }
                outline.line(text)
            }
        }
    }
}
