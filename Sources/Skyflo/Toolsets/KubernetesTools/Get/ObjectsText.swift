import KubeModel

/// Whole objects as YAML or JSON of a limited size. Where they don't fit, all of them are made smaller alike, step by step,
/// and the text says what was left out: an object that is cut off at the end would be missing without its name.
struct ObjectsText: Sendable {
    private let objects: [KubeObject]
    private let isList: Bool
    private let isYAML: Bool

    init(_ objects: [KubeObject], isList: Bool, isYAML: Bool) {
        self.objects = objects
        self.isList = isList
        self.isYAML = isYAML
    }

    func text(limit: Int) -> String {
        let whole = format(objects, isDense: false)
        if whole.utf8.count <= limit { return whole }
        var shorter = objects
        for step in Condensation.allCases {
            shorter = shorter.map(step.apply)
            let text = format(shorter, isDense: step > .bookkeeping) + note(step)
            if text.utf8.count <= limit { return text }
            if step == .bookkeeping, let text = withoutMiddles(shorter, limit: limit) { return text }
        }
        return names(limit)
    }

    /// Long values are shortened no more than they have to be, where that is enough.
    private func withoutMiddles(_ objects: [KubeObject], limit: Int) -> String? {
        for longest in [12_288, 8192, 4096, 2048] {
            let pruning = Pruning(fields: [], text: longest)
            let shorter = objects.map { KubeObject(pruning.apply($0.json)) }
            let text =
                format(shorter, isDense: false)
                + note(.bookkeeping, more: "; the middle of texts over \(longest) bytes")
            if text.utf8.count <= limit { return text }
        }
        return nil
    }

    private func format(_ objects: [KubeObject], isDense: Bool) -> String {
        let items = objects.map(\.json)
        guard isList else { return format(items.first ?? .null, isDense: isDense) }
        // One object a line is half as long as one field a line, and as easy to read for a model.
        if isDense, !isYAML {
            let lines = items.map { JSONWriter.string($0) }.joined(separator: ",\n")
            return "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n\(lines)\n]}\n"
        }
        return format(["apiVersion": "v1", "kind": "List", "items": .array(items)], isDense: isDense)
    }

    private func format(_ json: JSONValue, isDense: Bool) -> String {
        isYAML ? YAML.format(json) : JSONWriter.string(json, options: isDense ? [] : .pretty) + "\n"
    }

    private func note(_ last: Condensation, more: String = "") -> String {
        let left = Condensation.allCases.filter { $0 <= last }.map(\.what).joined(separator: "; ")
        return "… shortened, left out \(isList ? "of each object" : "here"): \(left)\(more). \(Self.howTo(isList))\n"
    }

    private static func howTo(_ isList: Bool) -> String {
        isList
            ? "For the rest: ask for the fields you need with columns, name one object, or narrow the list with label_selector, "
                + "field_selector or a namespace."
            : "For a summary with its events: k8s_describe."
    }

    /// The last resort: not even a line for each fits.
    private func names(_ limit: Int) -> String {
        let namespaces = Set(objects.map(\.namespace))
        let isOne = namespaces.count == 1
        var used = 400
        let names = objects.map { object in
            let name = isOne ? object.name : object.key.description
            return name + (ObjectSummary.trouble(object).map { " (\($0))" } ?? "")
        }.prefix { name in
            used += name.utf8.count + 2
            return used <= limit
        }
        let place = isOne ? objects.first?.namespace.map { " in namespace \($0)" } ?? "" : ""
        let more = objects.count > names.count ? ", and \(objects.count - names.count) whose names don't fit" : ""
        return "… too much to show: \(objects.count) objects\(place), of which these are the names: "
            + "\(names.joined(separator: ", "))\(more). \(Self.howTo(true))\n"
    }
}
