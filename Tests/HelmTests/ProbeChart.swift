import Foundation

@testable import Helm

/// The chart that expressions are tried in: what a template of it sees, made by hand.
struct ProbeChart {
    let chart: HelmMap
    let files: HelmMap
    let values: HelmMap

    /// An expression with what Helm 4.2 made of it.
    struct Expression: Sendable {
        let id: String
        let group: String
        let template: String
        let helpers: String?
        let values: String
        let output: String?
        let error: String?
        let errorPart: String?
    }

    private static func fixture() throws -> HelmMap {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "Fixtures/Helm/expressions.json"))
        return try GoJSONReader.map(ByteString(bytes: data))
    }

    init() throws {
        let fixture = try Self.fixture()
        chart = fixture["chart"]?.asMap ?? HelmMap()
        files = fixture["files"]?.asMap ?? HelmMap()
        values = fixture["values"]?.asMap ?? HelmMap()
    }

    static func expressions() throws -> [Expression] {
        try fixture()["expressions"]?.asList?.compactMap { record in
            guard let record = record.asMap else { return nil }
            let text = { (key: ByteString) in record[key]?.asString?.text }
            return Expression(
                id: text("id") ?? "", group: text("group") ?? "", template: text("template") ?? "",
                helpers: text("helpers"), values: text("values_ref") ?? "", output: text("out"), error: text("error"),
                errorPart: text("error_contains"))
        } ?? []
    }
}

extension ProbeChart {
    /// What the expression makes in `include "probe.expr" .`
    func output(of expression: Expression) throws -> ByteString {
        let engine = TemplateEngine(environment: Self.environment)
        let rendered = try engine.render(files(for: expression))
        let manifest = rendered["probe/templates/cm.yaml"] ?? ""
        guard let start = GoText.index(of: "  x: ", in: manifest) else { return "no x in " + manifest }
        var bytes = Array(manifest.bytes[(start + 5)...])
        if bytes.last == 0x0a { bytes.removeLast() }
        return try GoJSONReader.value(ByteString(bytes: bytes)).asString ?? "no text"
    }

    static var environment: TemplateEnvironment {
        TemplateEnvironment(
            now: {
                let now = Date().timeIntervalSince1970
                return (Int64(now), 0)
            },
            zoneData: { name in
                (try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/" + name))).map { Array($0) }
            })
    }

    private func files(for expression: Expression) throws -> [RenderedFile] {
        let values = HelmMap(try self.values(named: expression.values).dictionary, type: .any)
        let kid = HelmMap(values["kid"]?.asMap?.dictionary ?? [:])
        for (key, value) in ["size": HelmValue.float64(1), "color": .string("red")] where kid[ByteString(key)] == nil {
            kid[ByteString(key)] = value
        }
        if let global = values["global"] { kid["global"] = global.deepCopy() } else { kid["global"] = .map([:]) }
        values["kid"] = .map(kid)
        let child = scope(chart: Self.kidChart, values: kid, files: HelmMap(type: .files), children: [:])
        let root = scope(
            chart: Self.probeChart, values: HelmMap(values.dictionary, type: .values), files: chartFiles,
            children: ["kid": .map(HelmMap(child.dictionary))])
        var texts: [(String, ByteString, HelmMap)] = [
            (
                "probe/templates/_probe.tpl",
                ByteString("{{ define \"probe.expr\" }}" + expression.template + "{{ end }}"), root
            ),
            ("probe/charts/kid/templates/_k.tpl", chart["charts/kid/templates/_k.tpl"]?.asString ?? "", child),
        ]
        for name in ["templates/_helpers.tpl", "templates/cm.yaml"] as [ByteString] {
            texts.append(("probe/" + name.text, chart[name]?.asString ?? "", root))
        }
        if let helpers = expression.helpers { texts.append(("probe/templates/_extra.tpl", ByteString(helpers), root)) }
        return texts.map { name, text, values in
            let base = name.hasPrefix("probe/charts") ? "probe/charts/kid/templates" : "probe/templates"
            return RenderedFile(name: ByteString(name), text: text, values: values, basePath: ByteString(base))
        }
    }

    /// Nulls among default values are left out of maps.
    private func values(named name: String) throws -> HelmMap {
        let map = try YAMLReader.map(of: values[ByteString(name)]?.asString ?? "")
        return Self.withoutNulls(map)
    }

    private static func withoutNulls(_ map: HelmMap) -> HelmMap {
        var members: [ByteString: HelmValue] = [:]
        for (key, value) in map.dictionary where !value.isNull {
            members[key] = value.asMap.map { .map(withoutNulls($0)) } ?? value
        }
        return HelmMap(members)
    }

    private var chartFiles: HelmMap {
        let kept = files.dictionary.filter { !$0.key.text.hasSuffix(".ignored") }
        return HelmMap(kept.mapValues { .bytes($0.asString?.bytes ?? []) }, type: .files)
    }

    private func scope(chart: HelmValue, values: HelmMap, files: HelmMap, children: [ByteString: HelmValue]) -> HelmMap
    {
        HelmMap(
            [
                "Chart": chart, "Values": .map(values), "Files": .map(files), "Subcharts": .map(children),
                "Release": .map([
                    "Name": .string("rel"), "Namespace": .string("ns"), "IsInstall": .bool(true),
                    "IsUpgrade": .bool(false), "Revision": .int(1), "Service": .string("Helm"),
                ]),
                "Capabilities": .object(Self.capabilities),
            ], type: .values)
    }

    private static var kidChart: HelmValue { ProbeObjects.kid }
    private static var probeChart: HelmValue { ProbeObjects.probe }
    private static var capabilities: StructObject { ProbeObjects.capabilities }
}
