public import KubeModel

extension APIStatus {
    /// The 422 for an object with faults: all of them in `message`, each one a cause. A text that stands twice is said once.
    public static func invalid(group: String, kind: String, name: String, errors: [FieldError]) -> APIStatus {
        let qualified = group.isEmpty ? kind : "\(kind).\(group)"
        var seen: Set<String> = []
        let texts = errors.map(\.description).filter { seen.insert($0).inserted }
        var message = "\(qualified) \(JSONWriter.string(.string(name))) is invalid"
        switch texts.count {
        case 0: break
        case 1: message += ": \(texts[0])"
        default: message += ": [\(texts.joined(separator: ", "))]"
        }
        return APIStatus(
            code: 422, reason: .invalid, message: message, group: group, kind: kind, name: name,
            causes: errors.map(\.cause))
    }
}
