/// Puts a chart's default values under a user's, as Helm 4 does. What it warns of is collected.
///
/// All of it works on maps in place: callers hand over copies.
struct ValuesCoalescer {
    /// Whether nulls stay, so that a later pass sees them; otherwise a null removes the default.
    let keepsNulls: Bool
    private(set) var warnings: [String] = []

    init(keepsNulls: Bool) {
        self.keepsNulls = keepsNulls
    }

    /// The values that a chart and its subcharts are rendered with. `values` stay as they are.
    static func coalesce(
        _ chart: Chart, _ values: HelmMap, keepsNulls: Bool = false, warn: (String) -> Void
    ) throws(HelmError) -> HelmMap {
        var coalescer = ValuesCoalescer(keepsNulls: keepsNulls)
        defer { coalescer.warnings.forEach(warn) }
        let copy = values.deepCopy()
        try coalescer.coalesce(chart, copy, prefix: "")
        return copy
    }

    private static func joined(_ prefix: String, _ key: String) -> String {
        prefix.isEmpty ? key : "\(prefix).\(key)"
    }

    private mutating func coalesce(_ chart: Chart, _ values: HelmMap, prefix: String) throws(HelmError) {
        let path = Self.joined(prefix, chart.name)
        addDefaults(of: chart, to: values, path: path)
        for subchart in chart.dependencies {
            let key = ByteString(subchart.name)
            let inner: HelmMap
            switch values[key] {
            case nil:
                inner = HelmMap()
                values[key] = .map(inner)
            case .map(let map)?: inner = map
            case let other?:
                throw HelmError("type mismatch on \(subchart.name): \(Self.formattedAsBool(other))")
            }
            addGlobals(of: values, to: inner, path: path)
            try coalesce(subchart, inner, prefix: path)
        }
    }

    /// What `%t` prints for what is no boolean.
    private static func formattedAsBool(_ value: HelmValue, isElement: Bool = false) -> String {
        switch value {
        case .bool(let bool): "\(bool)"
        case .null: isElement ? "<nil>" : "%!t(<nil>)"
        case .list(let list):
            "[" + list.elements.map { formattedAsBool($0, isElement: true) }.joined(separator: " ") + "]"
        case .map(let map):
            "map["
                + map.keys.map { "%!t(string=\($0.text)):" + formattedAsBool(map[$0] ?? .null, isElement: true) }
                .joined(separator: " ") + "]"
        default: "%!t(\(value.typeName)=\(GoFormat.print([value]).text))"
        }
    }

    /// A parent's globals win over those of its subcharts.
    private mutating func addGlobals(of parent: HelmMap, to inner: HelmMap, path: String) {
        let destination: HelmMap
        switch inner["global"] {
        case nil: destination = HelmMap()
        case .map(let map)?: destination = map
        default:
            warnings.append("warning: skipping globals because destination global is not a table.")
            return
        }
        var source = HelmMap()
        if let value = parent["global"] {
            guard case .map(let map) = value else {
                warnings.append("warning: skipping globals because source global is not a table.")
                return
            }
            source = map
        }
        for (key, value) in source.dictionary {
            let existing = destination[key]
            switch (value, existing) {
            case (.map(let map), nil): destination[key] = .map(map.shallowCopy())
            case (.map(let map), .map(let below)?):
                let copy = map.shallowCopy()
                mergeTables(copy, below, path: Self.joined(path, key.text), keepsNulls: true)
                destination[key] = .map(copy)
            case (.map, _?):
                warnings.append("Conflict: cannot merge map onto non-map for \(GoQuote.quoted(key).text). Skipping.")
            case (_, .map?): warnings.append("key \(key.text) is table. Skipping")
            default: destination[key] = value
            }
        }
        inner["global"] = .map(destination)
    }

    private mutating func addDefaults(of chart: Chart, to values: HelmMap, path: String) {
        for (key, value) in chart.values.deepCopy().dictionary {
            switch values[key] {
            case nil:
                if !keepsNulls {
                    if value.isNull { continue }
                    value.asMap.map(Self.removeNulls)
                }
                values[key] = value
            case .null? where !keepsNulls: values[key] = nil
            case .map(let above)?:
                guard case .map(let below) = value else {
                    if !value.isNull {
                        warnings.append("warning: skipped value for \(Self.joined(path, key.text)): Not a table.")
                    }
                    continue
                }
                // Nulls for a subchart are for its own pass.
                let keeps = keepsNulls || chart.dependencies.contains { ByteString($0.name) == key }
                if !keeps { Self.removeNulls(from: below) }
                mergeTables(above, below, path: Self.joined(path, key.text), keepsNulls: keeps)
            default: break
            }
        }
    }

    private static func removeNulls(from map: HelmMap) {
        for (key, value) in map.dictionary {
            if value.isNull {
                map[key] = nil
            } else if case .map(let inner) = value {
                removeNulls(from: inner)
            }
        }
    }

    /// Adds what `above` lacks from `below`, which is changed too: it gets the nulls of `above`.
    mutating func mergeTables(_ above: HelmMap, _ below: HelmMap, path: String, keepsNulls: Bool) {
        let defaults = below.dictionary
        for (key, value) in above.dictionary where value.isNull { below[key] = .null }
        for (key, value) in below.dictionary {
            let name = Self.joined(path, key.text)
            guard let existing = above[key] else {
                above[key] = value
                continue
            }
            let hasDefault = defaults[key].map { !$0.isNull } ?? false
            if !keepsNulls, existing.isNull, hasDefault {
                above[key] = nil
            } else if case .map(let inner) = value {
                if case .map(let destination) = existing {
                    mergeTables(destination, inner, path: name, keepsNulls: keepsNulls)
                } else {
                    warnings.append(
                        "warning: cannot overwrite table with non table for \(name) (\(GoFormat.print([value]).text))")
                }
            } else if case .map = existing, !value.isNull {
                warnings.append(
                    "warning: destination for \(name) is a table. Ignoring non-table value (\(GoFormat.print([value]).text))"
                )
            }
        }
    }
}
