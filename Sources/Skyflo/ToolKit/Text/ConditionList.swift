import KubeModel

package enum ConditionList {
    package static func write(_ object: KubeObject, outline: inout Outline) {
        outline.section("Conditions") { outline in
            for condition in object["status", "conditions"]?.array ?? [] {
                var text = "\(condition["type"]?.string ?? "")=\(condition["status"]?.string ?? "")"
                if let reason = condition["reason"]?.string, !reason.isEmpty { text += " (\(reason))" }
                if let message = condition["message"]?.string, !message.isEmpty { text += ": \(message)" }
                outline.line(text)
            }
        }
    }
}
