import Foundation
import KubeModel
import LocalCluster

/// One group against one cluster.
struct Replay: Sendable {
    let wire: Wire
    let shell: Shell
    /// Texts of another kubectl than the recorded one say nothing about the server.
    let comparesKubectl: Bool

    /// What differs, by scenario. Scenarios that weren't compared are absent.
    func run(_ group: Group) async throws -> [String: [String]] {
        for command in group.setup { try await step(command, nil, group.namespace) }
        var found: [String: [String]] = [:]
        for scenario in try group.scenarios() {
            var comparison = Comparison()
            comparison.comparesManagedFields = scenario.comparesManagedFields
            comparison.hasUnorderedCauses = scenario.hasUnorderedCauses
            comparison.hasPartOfGroups = group.name != "discovery"
            for setup in scenario.setup {
                if let failure = try await step(setup.command, setup.input, scenario.namespace) {
                    comparison.note("setup failed: \(setup.command): \(failure)")
                }
            }
            if scenario.isKubectl {
                try await kubectl(scenario, &comparison)
                if !comparesKubectl { continue }
            } else {
                for exchange in scenario.exchanges { try await http(exchange, scenario, &comparison) }
            }
            found[scenario.name] = comparison.differences
        }
        return found
    }

    /// nil when it worked, else what it said.
    @discardableResult
    private func step(_ command: String, _ input: String?, _ namespace: String) async throws -> String? {
        if command == "settle" {
            try await wire.settle(namespace)
            return nil
        }
        let output = try await shell.run(
            command, input: input, kubeconfig: wire.endpoint.kubeconfig(namespace: namespace))
        return output.status == 0 ? nil : output.stdout + output.stderr
    }

    private func during(_ steps: [Step], _ namespace: String) async throws {
        let start = ContinuousClock.now
        for step in steps {
            // Half of the recorded time: enough for the order, and what is compared is the order.
            try await Task.sleep(until: start + step.after / 2)
            try await self.step(step.command, step.input, namespace)
        }
    }

    // MARK: kubectl

    private func kubectl(_ scenario: Scenario, _ comparison: inout Comparison) async throws {
        var limit = 20.0
        if let last = scenario.during.last, scenario.json["exit"]?.int == nil {
            limit = Double(last.after.components.seconds) / 2 + 1.5
        }
        let certificate = scenario.user == "alice" ? wire.certificate : nil
        let config = wire.endpoint.kubeconfig(namespace: scenario.namespace, certificate: certificate)
        let command = scenario.json["command"]?.string
        comparison.hasUnorderedLines = command?.contains("describe") ?? false
        async let other: Void = during(scenario.during, scenario.namespace)
        var output = try await shell.run(
            command ?? "", input: scenario.json["stdin"]?.string, kubeconfig: config, limit: limit)
        try await other
        if let exit = scenario.json["exit"]?.int, exit != Int(output.status) {
            comparison.note("exit \(exit), got \(output.status)")
        }
        if let lines = scenario.json["interrupted_after_lines"]?.int {
            output.stdout = output.stdout.split(separator: "\n").prefix(lines).map { $0 + "\n" }.joined()
        }
        if scenario.json["stdout_layout"]?.string == "columns" { output.stdout = Self.columns(output.stdout) }
        comparison.output(scenario.json["stdout"]?.string ?? "", Self.placed(output.stdout))
        comparison.text("stderr", scenario.json["stderr"]?.string ?? "", Self.placed(output.stderr))
    }

    private static func columns(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let indent = line.prefix { $0 == " " }
            var line = line.dropFirst(indent.count).replacing("\t", with: " ").replacing(#/ {2,}/#, with: "  ")
            while line.last == " " { line.removeLast() }
            return indent + line
        }.joined(separator: "\n")
    }

    /// Without the client's own log lines, folders and build.
    private static func placed(_ text: String) -> String {
        text.replacing(#/(?m)^[WEI][0-9]{4} [^\n]*\n/#, with: "")
            .replacing(#/[^ \n]*\/(LIVE|MERGED)-[0-9]+/#) { "<tmp>/\($0.1)" }
            .replacing(#/(Client Version: v[0-9.]*[0-9])-[a-z]+/#) { String($0.1) }
    }

    // MARK: HTTP

    private func http(
        _ exchange: Scenario.Exchange, _ scenario: Scenario, _ comparison: inout Comparison
    ) async throws {
        for step in exchange.before { try await self.step(step.command, step.input, scenario.namespace) }
        let request = comparison.placeholders.filled(exchange.request)
        let stream = exchange.response["stream"]?.array
        async let other: Void = during(exchange.during, scenario.namespace)
        let answer = try await wire.send(
            request, user: exchange.user ?? scenario.user, agent: exchange.agent, lines: stream?.count)
        try await other
        let what = "\(request["method"]?.string ?? "") \(request["path"]?.string ?? "")"
        let before = comparison.differences.count
        compare(answer, exchange.response, stream, scenario, &comparison)
        if comparison.differences.count > before { comparison.note("  of \(what.prefix(200))") }
    }

    private func compare(
        _ answer: Wire.Answer, _ recorded: JSONValue, _ stream: [JSONValue]?, _ scenario: Scenario,
        _ comparison: inout Comparison
    ) {
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == recorded["status"]?.int else {
            return comparison.note("status \(recorded["status"]?.int ?? 0), got \(answer.status): \(text.prefix(400))")
        }
        if let type = recorded["headers", "Content-Type"]?.string, type != answer.contentType {
            comparison.note("Content-Type \(type), got \(answer.contentType ?? "none")")
        }
        let warnings = recorded["headers", "Warning"]?.array?.compactMap(\.string) ?? []
        if warnings != answer.warnings { comparison.note("warnings \(warnings), got \(answer.warnings)") }
        if let stream {
            let events = text.split(separator: "\n").compactMap { try? JSONParser.parse(String($0)) }
            comparison.values(.array(stream), .array(Self.withoutRepeatedBookmarks(events)), at: "stream")
            return
        }
        guard let expected = recorded["body"] else { return }
        if let wanted = expected.string { return comparison.text("body", wanted, text) }
        let actual = (try? JSONParser.parse(answer.body)) ?? .string(text)
        if expected["$document"] != nil { return }
        if Self.isDiscovery(expected, scenario), (200..<300).contains(answer.status) {
            comparison.announcements(expected, actual, at: "")
        } else {
            comparison.values(expected, actual, at: "")
        }
    }

    private static func isDiscovery(_ body: JSONValue, _ scenario: Scenario) -> Bool {
        scenario.json["group"]?.string == "discovery" || body["kind"] == "APIGroupDiscoveryList"
    }

    private static func withoutRepeatedBookmarks(_ events: [JSONValue]) -> [JSONValue] {
        events.enumerated().filter { position, event in
            event["type"] != "BOOKMARK" || position + 1 == events.count || events[position + 1]["type"] != "BOOKMARK"
        }.map(\.element)
    }
}
