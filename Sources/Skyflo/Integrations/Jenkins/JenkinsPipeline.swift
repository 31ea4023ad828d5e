import KubeModel

/// A stage of a Pipeline's build.
package struct JenkinsStage: Sendable, Hashable {
    package var id: String
    package var name: String
    /// `SUCCESS`, `FAILED`, `UNSTABLE`, `ABORTED`, `IN_PROGRESS`, `PAUSED_PENDING_INPUT`, `NOT_EXECUTED`.
    package var status: String
    /// In seconds.
    package var duration: Double
    package var error: String?

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.jenkinsText, !id.isEmpty else { return nil }
        self.id = id
        name = json["name"]?.string ?? ""
        status = json["status"]?.string ?? ""
        duration = Double(json["durationMillis"]?.int ?? 0) / 1000
        error = json["error", "message"]?.string
    }

    package var isFailed: Bool { status == "FAILED" }
}

/// A question that a Pipeline's build waits for an answer to.
package struct JenkinsInput: Sendable, Hashable {
    package var id: String
    package var message: String
    package var proceedText: String
    package var parameters: [JenkinsParameter]

    init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        message = json["message"]?.string ?? ""
        proceedText = json["proceedText"]?.string ?? ""
        parameters = (json["inputs"]?.array ?? []).compactMap { input in
            guard let name = input["name"]?.string, !name.isEmpty else { return nil }
            let definition = input["definition"]
            return JenkinsParameter(
                name, kind: .init(input["type"]?.string ?? ""), description: input["description"]?.string ?? "",
                choices: definition?["choices"]?.array?.compactMap(\.jenkinsText) ?? [],
                defaultValue: definition?["defaultVal"]?.jenkinsText)
        }
    }
}

extension JenkinsClient {
    /// The stages of a build; nil where the job is no Pipeline, or Jenkins can't tell of stages.
    package func stages(_ build: JenkinsBuildReference, of path: JenkinsPath) async throws -> [JenkinsStage]? {
        try check(path)
        do {
            let json = try await json(
                "the stages of build \(build) of job \(path)", at: path.segments + [build.description],
                suffix: ["wfapi", "describe"])
            return (json["stages"]?.array ?? []).compactMap(JenkinsStage.init)
        } catch let error as IntegrationError where error.code == .notFound {
            return nil
        }
    }

    /// The steps of a stage.
    package func steps(
        ofStage id: String, _ build: JenkinsBuildReference, of path: JenkinsPath
    ) async throws -> [JenkinsStage] {
        try check(path)
        let json = try await json(
            "stage \(id) of build \(build) of job \(path)", at: Self.node(id, build, of: path),
            suffix: ["wfapi", "describe"])
        return (json["stageFlowNodes"]?.array ?? []).compactMap(JenkinsStage.init)
    }

    /// The log of one step; Jenkins gives its end where it is long.
    package func log(
        ofStep id: String, _ build: JenkinsBuildReference, of path: JenkinsPath
    ) async throws -> String {
        try check(path)
        let json = try await json(
            "the log of step \(id) of build \(build) of job \(path)", at: Self.node(id, build, of: path),
            suffix: ["wfapi", "log"])
        return ConsoleText.plain((json["text"]?.string ?? "").utf8)
    }

    private static func node(_ id: String, _ build: JenkinsBuildReference, of path: JenkinsPath) -> [String] {
        path.segments + [build.description, "execution", "node", id]
    }

    package func pendingInputs(_ build: JenkinsBuildReference, of path: JenkinsPath) async throws -> [JenkinsInput] {
        try check(path)
        let json = try await json(
            "what build \(build) of job \(path) waits for", at: path.segments + [build.description],
            suffix: ["wfapi", "pendingInputActions"])
        return (json.array ?? []).compactMap(JenkinsInput.init)
    }

    /// What failed in a build: its failed stages, and the end of its log around what looks like the reason.
    package func findings(_ build: JenkinsBuildReference, of path: JenkinsPath) async throws -> [String] {
        var lines: [String] = []
        if let stages = try await stages(build, of: path) {
            for stage in stages where stage.isFailed {
                lines.append("stage \"\(stage.name)\" failed" + (stage.error.map { ": \($0)" } ?? ""))
            }
        }
        let log = try await logEnd(build, of: path, limit: 64 * 1024)
        return lines + LogExcerpt.relevant(log.text)
    }
}

/// The lines of a failed build's log that most likely say why.
enum LogExcerpt {
    private static let most = 12
    private static let words = ["error", "fatal", "exception", "failed", "failure", "cannot", "denied", "not found"]

    static func relevant(_ text: String) -> [String] {
        let lines = text.split(separator: "\n").map { $0.prefix(300) }.filter { !$0.allSatisfy(\.isWhitespace) }
        let said = lines.filter { line in
            let line = line.lowercased()
            return !line.hasPrefix("[pipeline]") && !line.hasPrefix("finished: ")
                && words.contains { line.contains($0) }
        }
        let chosen = said.isEmpty ? lines.filter { !$0.hasPrefix("[Pipeline]") } : said
        return chosen.suffix(most).map(String.init)
    }
}
