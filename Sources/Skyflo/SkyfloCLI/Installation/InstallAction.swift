import Installer
import KubeClient
import KubeModel
import Writes

/// Installs the operator, or shows what that would do.
package struct InstallAction: Sendable {
    package enum Mode: Sendable, Hashable {
        /// Prints the manifests; no cluster is asked.
        case printed(DataFormat)
        /// Tries everything by dry runs of the server, and says what would happen.
        case dryRun
        /// The same, with the difference of each object.
        case diff
        case applied
    }

    package var objects: [KubeObject]
    package var namespace: String
    package var mode: Mode
    /// Until the operator is ready.
    package var waits: Bool
    /// For CRDs, and for the operator to be ready.
    package var timeout: Duration
    /// Takes over fields and objects that others manage.
    package var force: Bool
    /// Goes on although something is missing.
    package var ignoresObstacles: Bool

    package init(
        objects: [KubeObject], namespace: String, mode: Mode = .applied, waits: Bool = true,
        timeout: Duration = .seconds(300), force: Bool = false, ignoresObstacles: Bool = false
    ) {
        self.objects = objects
        self.namespace = namespace
        self.mode = mode
        self.waits = waits
        self.timeout = timeout
        self.force = force
        self.ignoresObstacles = ignoresObstacles
    }

    /// The manifests as one text that kubectl takes.
    package static func text(of objects: [KubeObject], as format: DataFormat) -> String {
        switch format {
        case .yaml: objects.map { "---\n" + YAML.format($0.json) }.joined()
        case .json:
            JSONWriter.string(
                ["apiVersion": "v1", "kind": "List", "metadata": [:], "items": .array(objects.map(\.json))],
                options: .pretty) + "\n"
        }
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let terminal = session.terminal
        let installer = Installer(api: session.api, namespace: namespace, force: force)
        let examination = try await terminal.waiting {
            terminal.show(waitingFor: "looking at the cluster")
            return try await installer.examine(objects)
        }
        let obstacles = examination.obstacles
        if mode != .applied {
            show(examination, terminal: terminal)
            say(obstacles, terminal: terminal)
            return obstacles.isEmpty ? .success : .error
        }
        let decisive = ignoresObstacles ? [] : obstacles
        guard decisive.isEmpty else {
            say(decisive, terminal: terminal)
            terminal.say("nothing was written; --ignore-missing goes on all the same")
            return .error
        }
        say(obstacles, terminal: terminal)
        return try await apply(with: installer, leftovers: examination.leftovers, session: session)
    }

    private func apply(
        with installer: Installer, leftovers: [KubeObject], session: Session
    ) async throws -> ExitStatus {
        let terminal = session.terminal
        let deadline = ContinuousClock.now + timeout
        var changed = 0
        try await installer.apply(objects, until: deadline) { change in
            if change.verdict != .unchanged { changed += 1 }
            terminal.print(Self.line(change, note: ""))
        }
        try await Remover(api: session.api, namespace: namespace).delete(leftovers, until: nil) { name in
            changed += 1
            terminal.print("\(name) deleted".styled)
        }
        guard waits else { return .success }
        for deployment in objects where deployment.kind == "Deployment" {
            let end = try await terminal.waiting {
                terminal.show(waitingFor: "deployment \(deployment.name) gets ready")
                return try await installer.waitForRollout(of: deployment.name, until: deadline) {
                    terminal.say(StyledText($0, style: .dim))
                }
            }
            guard case .notReady(let status, let troubles) = end else { continue }
            terminal.say(StyledText("the operator isn't ready: \(status.text)", style: .red))
            for trouble in troubles { terminal.say("  \(trouble.message)\n    \(trouble.remedy)".styled) }
            terminal.say("look again with: \(session.program) doctor -n \(namespace)".styled)
            return .timeout
        }
        terminal.say(
            changed == 0
                ? "nothing changed; the operator is ready"
                : "\(changed.counted(as: "object")) changed; the operator is ready".styled)
        return .success
    }

    private func show(_ examination: Examination, terminal: Terminal) {
        let changes = examination.changes
        if mode == .diff {
            for change in changes {
                for line in change.diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                    terminal.print(StyledText(String(line), style: Self.style(of: line)))
                }
            }
        } else {
            for change in changes { terminal.print(Self.line(change, note: " (server dry run)")) }
        }
        for name in examination.leftovers.compactMap({ InstalledObject($0) }) {
            terminal.print("\(name) deleted (server dry run)".styled)
        }
        let changed = changes.count { $0.verdict != .unchanged } + examination.leftovers.count
        terminal.say(
            changed == 0
                ? "nothing would change"
                : "\(changed) of \(changes.count.counted(as: "object")) would change; nothing was written".styled)
    }

    private static func style(of line: Substring) -> StyledText.Style? {
        line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : line.hasPrefix("@@") ? .cyan : nil
    }

    private static func line(_ change: InstallationChange, note: String) -> StyledText {
        StyledText("\(change.name) \(change.verdict.rawValue)\(note)", style: change.verdict == .unchanged ? .dim : nil)
    }

    private func say(_ obstacles: [Obstacle], terminal: Terminal) {
        for obstacle in obstacles {
            terminal.say(StyledText("missing: \(obstacle.message)", style: .yellow))
            terminal.say("  \(obstacle.remedy)".styled)
        }
    }
}
