/// Takes out subcharts that values switch off, gives them their aliases, and imports their values: what Helm does with
/// dependencies before it renders a chart.
struct DependencyProcessor {
    private let warn: (String) -> Void

    private init(warn: @escaping (String) -> Void) {
        self.warn = warn
    }

    /// Changes the chart, which has to be a copy.
    static func process(_ chart: Chart, _ values: HelmMap, warn: @escaping (String) -> Void) throws(HelmError) {
        let processor = DependencyProcessor(warn: warn)
        try processor.select(in: chart, values, path: "")
        try processor.importAll(in: chart)
    }

    /// - Throws: where Chart.yaml has a dependency that charts/ hasn't.
    static func check(_ chart: Chart) throws(HelmError) {
        let missing = (chart.metadata.dependencies ?? []).map(\.name).filter { name in
            !chart.dependencies.contains { $0.name == name }
        }
        if !missing.isEmpty {
            throw HelmError(
                "found in Chart.yaml, but missing in charts/ directory: \(missing.joined(separator: ", "))")
        }
    }

    static func isCompatible(_ constraint: String, _ version: String) -> Bool {
        (try? VersionConstraint.check(ByteString(constraint), ByteString(version))) ?? false
    }

    private func select(in chart: Chart, _ values: HelmMap, path: String) throws(HelmError) {
        guard var declared = chart.metadata.dependencies else { return }
        var charts = chart.dependencies.filter { existing in
            !declared.contains { $0.name == existing.name && Self.isCompatible($0.version, existing.metadata.version) }
        }
        for index in declared.indices {
            let dependency = declared[index]
            if let found = Self.chart(for: dependency, in: chart.dependencies) { charts.append(found) }
            if !dependency.alias.isEmpty { declared[index].name = dependency.alias }
            declared[index].isEnabled = true
        }
        chart.dependencies = charts
        let coalesced = try ValuesCoalescer.coalesce(chart, values, warn: warn)
        applyTags(to: &declared, coalesced)
        applyConditions(to: &declared, coalesced, path: path)
        let disabled = Set(declared.filter { !$0.isEnabled }.map(\.name))
        let kept = chart.dependencies.filter { !disabled.contains($0.name) }
        for subchart in kept { try select(in: subchart, coalesced, path: path + subchart.name + ".") }
        let remaining = declared.filter { !disabled.contains($0.name) }
        // With none left, nothing is imported, and the default values keep their nulls for the later pass.
        chart.metadata.dependencies = remaining.isEmpty ? nil : remaining
        chart.dependencies = kept
    }

    private static func chart(for dependency: ChartDependency, in charts: [Chart]) -> Chart? {
        let found = charts.first {
            $0.name == dependency.name && isCompatible(dependency.version, $0.metadata.version)
        }
        let copy = found?.copy()
        if !dependency.alias.isEmpty { copy?.metadata.name = dependency.alias }
        return copy
    }

    private func applyTags(to dependencies: inout [ChartDependency], _ values: HelmMap) {
        guard case .map(let tags)? = values["tags"] else { return }
        for index in dependencies.indices {
            var states: Set<Bool> = []
            for tag in dependencies[index].tags ?? [] {
                guard let value = tags[ByteString(tag)] else { continue }
                if case .bool(let bool) = value {
                    states.insert(bool)
                } else {
                    warn("level=WARN msg=\"returned non-bool value\" tag=\(tag) chart=\(dependencies[index].name)")
                }
            }
            dependencies[index].isEnabled = states != [false]
        }
    }

    /// The first condition that is a boolean decides, also against tags.
    private func applyConditions(to dependencies: inout [ChartDependency], _ values: HelmMap, path: String) {
        for index in dependencies.indices {
            let condition = GoText.trimmingSpaces(ByteString(dependencies[index].condition)).text
            for part in condition.split(separator: ",") {
                guard let value = Self.value(at: path + part, in: values) else { continue }
                if case .bool(let bool) = value {
                    dependencies[index].isEnabled = bool
                    break
                }
                warn("level=WARN msg=\"returned non-bool value\" path=\(part) chart=\(dependencies[index].name)")
            }
        }
    }

    /// What is at the path, where that is no table.
    private static func value(at path: String, in values: HelmMap) -> HelmValue? {
        var parts = path.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = parts.popLast(), let table = table(parts[...], in: values), let value = table[ByteString(last)]
        else { return nil }
        if case .map = value { return nil }
        return value
    }

    private static func table(_ path: ArraySlice<Substring>, in values: HelmMap) -> HelmMap? {
        var table = values
        for part in path {
            guard case .map(let inner)? = table[ByteString(part)] else { return nil }
            table = inner
        }
        return table
    }

    // MARK: - Imports

    private func importAll(in chart: Chart) throws(HelmError) {
        for subchart in chart.dependencies { try importAll(in: subchart) }
        guard chart.metadata.dependencies != nil else { return }
        let coalesced = try ValuesCoalescer.coalesce(chart, HelmMap(), keepsNulls: true, warn: warn)
        let imported = HelmMap()
        var coalescer = ValuesCoalescer(keepsNulls: true)
        for (index, dependency) in (chart.metadata.dependencies ?? []).enumerated() {
            let paths = (dependency.imports ?? []).compactMap(Self.paths)
            // Templates see the paths, also of what was written as a name.
            chart.metadata.dependencies?[index].imports = paths.map { child, parent in
                .map(HelmMap(["child": .string(child), "parent": .string(parent)], type: .strings))
            }
            for (child, parent) in paths {
                let path = "\(dependency.name).\(child)".split(separator: ".", omittingEmptySubsequences: false)
                guard let table = Self.table(path[...], in: coalesced) else {
                    warn(
                        "level=WARN msg=\"ImportValues missing table from chart\" chart=\(dependency.name) error=\"\(child) is not a table\""
                    )
                    continue
                }
                let placed = Self.placed(table, at: parent)
                coalescer.mergeTables(imported, placed, path: "", keepsNulls: true)
            }
        }
        let values = coalesced.deepCopy()
        coalescer.mergeTables(values, imported, path: "", keepsNulls: true)
        coalescer.warnings.forEach(warn)
        chart.values = values
    }

    private static func paths(of value: HelmValue) -> (child: String, parent: String)? {
        switch value {
        case .string(let name): return ("exports.\(name.text)", ".")
        case .map(let map):
            let text = { (key: ByteString) in GoFormat.print([map[key] ?? .null]).text }
            return (text("child"), text("parent"))
        default: return nil
        }
    }

    private static func placed(_ table: HelmMap, at path: String) -> HelmMap {
        if path == "." { return table }
        return path.split(separator: ".", omittingEmptySubsequences: false).reversed().reduce(table) { inner, part in
            HelmMap([ByteString(part): .map(inner)])
        }
    }
}
