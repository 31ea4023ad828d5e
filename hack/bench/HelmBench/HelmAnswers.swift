import Helm
import HelmFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Answers requests in lines of JSON, for `hack/peers/helm`, which asks Helm's own SDK the same.
///
/// A request has an `op` and what it needs; an answer has `out`, or `error` with the text.
struct HelmAnswers {
    /// Answers until the input ends.
    static func run() {
        let environment = HelmClock.environment(limit: 36_000)
        while let line = readLine(strippingNewline: true) {
            print(answer(to: ByteString(line), environment).text)
            fflush(nil)
        }
    }

    private static func answer(to line: ByteString, _ environment: TemplateEnvironment) -> ByteString {
        var answer: [ByteString: HelmValue] = [:]
        do throws(HelmError) {
            answer["out"] = try HelmAnswers(request: try GoJSONReader.map(line), environment: environment).answer()
        } catch {
            answer["error"] = .string(error.message)
        }
        let text = try? GoJSONWriter.text(of: .map(answer), escapesHTML: false)
        return text ?? "{\"error\":\"the answer is no JSON\"}"
    }

    let request: HelmMap
    let environment: TemplateEnvironment

    private func text(_ key: ByteString) -> ByteString { request[key]?.asString ?? "" }

    private var files: [ChartFile] {
        var files: [ChartFile] = []
        request["files"]?.asMap?.forEach { name, content in
            files.append(ChartFile(name: name.text, data: content.asString?.bytes ?? []))
        }
        // As of a folder.
        let ignored = files.first { $0.name == ".helmignore" }?.text ?? ""
        guard let rules = try? IgnoreRules(ignored) else { return files }
        return files.filter { !rules.ignores($0.name, isFolder: false) }
    }

    private func chart() throws(HelmError) -> Chart {
        let folder = text("folder")
        return try folder.isEmpty ? ChartLoader.load(files: files) : ChartPath.load(folder.text)
    }

    private func renderer() -> ChartRenderer {
        ChartRenderer(
            release: .init(
                name: "rel", namespace: "ns", isUpgrade: request["is_upgrade"]?.asBool ?? false),
            environment: environment)
    }

    private func answer() throws(HelmError) -> HelmValue {
        switch text("op") {
        case "render": return try render()
        case "lint": return lint()
        case "set": return try set()
        case "yaml": return .map(try YAMLReader.map(of: text("text"), type: "common.Values"))
        default: throw HelmError("there is no such request")
        }
    }

    /// The text of each template by its path.
    private func render() throws(HelmError) -> HelmValue {
        let texts = try renderer().texts(of: try chart(), values: request["values"]?.asMap ?? HelmMap())
        return .map(HelmMap(texts.mapValues { .string($0) }))
    }

    private func lint() -> HelmValue {
        let messages = ChartLinter.messages(
            files: files, path: text("path").text, values: request["values"]?.asMap ?? HelmMap(), renderer: renderer())
        return .list(
            messages.map { message in
                .map([
                    "severity": .int(message.severity.rawValue), "path": .string(message.path),
                    "error": .string(message.problem),
                ])
            })
    }

    private func set() throws(HelmError) -> HelmValue {
        let forms: [ByteString: SetParser.Form] = [
            "--set": .typed, "--set-string": .string, "--set-json": .json, "--set-literal": .literal,
        ]
        let values = HelmMap()
        try SetParser.parse(text("text"), form: forms[text("flag")] ?? .typed, into: values)
        return .map(values)
    }
}
