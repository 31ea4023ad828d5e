import Installer
import KubeModel

/// Says what is wrong with an installation, and what mends it.
package struct DoctorAction: Sendable {
    package var namespace: String
    package var format: DataFormat?

    package init(namespace: String, format: DataFormat? = nil) {
        self.namespace = namespace
        self.format = format
    }

    /// - Returns: ``ExitStatus/error`` where something doesn't work; warnings alone are a success.
    package func perform(in session: Session) async throws -> ExitStatus {
        let terminal = session.terminal
        let facts = try await terminal.waiting {
            terminal.show(waitingFor: "looking at the installation")
            return try await Doctor(api: session.api, namespace: namespace).facts(
                program: session.program, now: session.now())
        }
        let findings = InstallationDiagnosis.findings(facts)
        let worst = findings.map(\.severity).max() ?? .ok
        if let format {
            terminal.print(
                [
                    "namespace": .string(namespace), "version": .string(facts.version),
                    "healthy": .bool(worst < .error), "findings": .array(findings.map(\.json)),
                ], as: format)
        } else {
            for finding in findings { show(finding, terminal: terminal) }
        }
        return worst == .error ? .error : .success
    }

    private func show(_ finding: Finding, terminal: Terminal) {
        let style: StyledText.Style =
            switch finding.severity {
            case .ok: .green
            case .warning: .yellow
            case .error: .red
            }
        let mark = StyledText(finding.severity.rawValue.padded(to: 7), style: style)
        terminal.print(mark + " \(finding.check): \(finding.message)".styled)
        if !finding.remedy.isEmpty { terminal.print(StyledText("        \(finding.remedy)", style: .dim)) }
    }
}

extension String {
    /// With blanks behind it, up to a width.
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
