import Testing

@testable import Helm

/// Expressions that Helm 4.2 was given, each in a fresh chart.
@Suite struct ExpressionTests {
    private static let groups: [String: [ProbeChart.Expression]] = {
        Dictionary(grouping: (try? ProbeChart.expressions()) ?? [], by: \.group)
    }()

    @Test(arguments: groups.keys.sorted()) func `expressions give what Helm gives`(group: String) throws {
        let probe = try ProbeChart()
        let failures = (Self.groups[group] ?? []).compactMap { expression in
            Self.failure(of: expression, in: probe).map { "\(expression.id): \(expression.template)\n  \($0)" }
        }
        #expect(failures.isEmpty, "\(failures.count) differ:\n\(failures.joined(separator: "\n"))")
    }

    @Test func `all recorded expressions are tried`() {
        #expect(Self.groups.values.reduce(0) { $0 + $1.count } > 600)
    }

    /// How the result differs from Helm's.
    private static func failure(of expression: ProbeChart.Expression, in probe: ProbeChart) -> String? {
        do {
            let output = try probe.output(of: expression)
            if let wanted = expression.output {
                return output == ByteString(wanted)
                    ? nil : "gives  \(output.text.debugDescription)\n  instead \(wanted.debugDescription)"
            }
            return "gives \(output.text.debugDescription) instead of the error \(expression.errorPart ?? "")"
        } catch {
            // The recorded texts have no white space at their ends, and are cut after 400 characters.
            let text = GoText.trimmingSpaces(ByteString("\(error)")).text
            let wanted = expression.error.map { GoText.trimmingSpaces(ByteString($0)).text }
            if let wanted, wanted.count < 400 ? text != wanted : !text.hasPrefix(wanted) {
                return "fails with \(text.debugDescription)\n  instead of  \(wanted.debugDescription)"
            }
            if let part = expression.errorPart {
                return text.contains(part) ? nil : "fails with \(text) instead of \(part)"
            }
            return "fails with \(text.debugDescription) instead of \((expression.output ?? "").debugDescription)"
        }
    }
}
