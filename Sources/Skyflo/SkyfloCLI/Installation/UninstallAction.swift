import Installer
import KubeClient
import KubeModel

/// Removes what was installed, and leaves people's work unless it is told otherwise.
package struct UninstallAction: Sendable {
    package var namespace: String
    package var scope: RemovalPlan.Scope
    package var isDryRun: Bool
    /// Doesn't ask.
    package var isConfirmed: Bool
    package var timeout: Duration

    package init(
        namespace: String, scope: RemovalPlan.Scope = .init(), isDryRun: Bool = false, isConfirmed: Bool = false,
        timeout: Duration = .seconds(120)
    ) {
        self.namespace = namespace
        self.scope = scope
        self.isDryRun = isDryRun
        self.isConfirmed = isConfirmed
        self.timeout = timeout
    }

    package func perform(in session: Session) async throws -> ExitStatus {
        let terminal = session.terminal
        let remover = Remover(api: session.api, namespace: namespace)
        let known = try KnownObjects(namespace: namespace)
        let (plan, work) = try await terminal.waiting {
            terminal.show(waitingFor: "looking at the cluster")
            let found = try await remover.find(known) + remover.findAccounts(known)
            return (RemovalPlan(found: found, known: known, scope: scope), try await remover.work())
        }
        for kept in plan.kept { terminal.say(StyledText("kept: \(kept.object): \(kept.reason)", style: .dim)) }
        guard plan.managers.isEmpty else {
            for manager in plan.managers {
                terminal.say(StyledText("\(manager.message): nothing was deleted", style: .yellow))
                terminal.say("  \(manager.remedy)".styled)
            }
            return .error
        }
        if let other = Obstacle.ofOtherInstallation(
            binding: plan.deletions.first { $0.kind == "ClusterRoleBinding" && $0.name == "skyflo-operator" },
            namespace: namespace)
        {
            throw CommandError(.error, message: "\(other.message): \(other.remedy)")
        }
        if isDryRun {
            list(plan, work: work, terminal: terminal)
            return .success
        }
        try await confirm(plan, work: work, terminal: terminal)
        return try await remove(plan, work: work, remover: remover, session: session)
    }

    private func list(_ plan: RemovalPlan, work: InstalledWork, terminal: Terminal) {
        for object in plan.deletions + plan.definitions {
            if let name = InstalledObject(object) { terminal.print("\(name) would be deleted".styled) }
        }
        if scope.conversations {
            terminal.print(
                "\(work.conversations.counted(as: "Conversation")) and their transcripts would be deleted".styled)
        }
        terminal.say("nothing was deleted")
    }

    private func confirm(_ plan: RemovalPlan, work: InstalledWork, terminal: Terminal) async throws {
        guard !isConfirmed, !(plan.deletions.isEmpty && plan.definitions.isEmpty && !scope.conversations) else {
            return
        }
        guard terminal.isInteractive else {
            throw CommandError(.usage, message: "this is not a terminal: add --yes to delete without being asked")
        }
        var what = [(plan.deletions.count + plan.definitions.count).counted(as: "object") + " of the installation"]
        if scope.conversations {
            what.append("\(work.conversations.counted(as: "Conversation")) with their transcripts")
        }
        if plan.deletions.contains(where: { $0.kind == "Secret" }) {
            what.append("the accounts of who signs in to the Command Center")
        }
        if scope.definitions { what.append(work.settings.counted(as: "SkyfloAI")) }
        let question = "Delete \(what.joined(separator: ", "))? [y/N]"
        let answer = try await terminal.ask(StyledText(question, style: .bold)) ?? ""
        guard ["y", "yes"].contains(answer.lowercased()) else {
            throw CommandError(.error, message: "nothing was deleted")
        }
    }

    private func remove(
        _ plan: RemovalPlan, work: InstalledWork, remover: Remover, session: Session
    ) async throws -> ExitStatus {
        let terminal = session.terminal
        let deadline = ContinuousClock.now + timeout
        let report: (InstalledObject) -> Void = { terminal.print("\($0) deleted".styled) }
        do {
            if scope.conversations {
                let count = try await remover.deleteConversations(until: deadline)
                terminal.print("\(count.counted(as: "Conversation")) deleted".styled)
            }
            let workloads = plan.deletions.filter { InstallPhase(of: $0) == .workloads }
            try await remover.delete(workloads, until: deadline, report: report)
            if !workloads.isEmpty { try await remover.waitForPods(of: workloads, until: deadline) }
            try await remover.delete(
                plan.deletions.filter { InstallPhase(of: $0) != .workloads }, until: deadline, report: report)
            if scope.conversations {
                let count = try await remover.deleteRecords()
                if count > 0 { terminal.print("\(count.counted(as: "Secret")) of transcripts deleted".styled) }
            }
            try await remover.delete(plan.definitions, until: deadline, report: report)
            try await removeNamespace(plan, remover: remover, until: deadline, terminal: terminal)
        } catch let error as RemovalTimeout {
            terminal.say(StyledText("\(error); the same command goes on from there", style: .red))
            return .timeout
        }
        sayWhatStays(plan, work: work, session: session)
        return .success
    }

    /// Only an empty one, and only where nothing of a person's is to be kept: transcripts are in it.
    private func removeNamespace(
        _ plan: RemovalPlan, remover: Remover, until deadline: ContinuousClock.Instant, terminal: Terminal
    ) async throws {
        guard scope.conversations, let own = plan.ownNamespace else { return }
        let rest = try await remover.contents(until: scope.definitions ? deadline : nil)
        guard rest.isEmpty else {
            let names = rest.prefix(5).map(\.description).joined(separator: ", ")
            let more = rest.count > 5 ? " and \(rest.count - 5) more" : ""
            terminal.say("kept: namespace/\(namespace), which has other objects: \(names)\(more)".styled)
            return
        }
        try await remover.delete([own], until: deadline) { terminal.print("\($0) deleted".styled) }
    }

    private func sayWhatStays(_ plan: RemovalPlan, work: InstalledWork, session: Session) {
        let terminal = session.terminal
        guard !scope.definitions else { return }
        let flags = "-n \(namespace)"
        if !work.components.isEmpty {
            let names = work.components.map { "deployment \($0)" }.joined(separator: ", ")
            terminal.say("kept, and running on without an operator: \(names)".styled)
            terminal.say(
                "  they belong to SkyfloAIs, and go with them: kubectl delete skyfloai -n NAMESPACE NAME".styled)
        }
        if !plan.accounts.isEmpty {
            terminal.say(
                "kept: \(plan.accounts.count.counted(as: "Secret")) with accounts, sessions and keys of the Command Center"
                    .styled)
        }
        if !scope.conversations {
            terminal.say(
                "kept: \(work.conversations.counted(as: "Conversation")), \(work.settings.counted(as: "SkyfloAI")), the CRDs, and in "
                    .styled
                    + "the namespace \(namespace) \(work.transcripts.counted(as: "Secret")) of transcripts".styled)
            terminal.say(
                "  delete Conversations, transcripts and accounts: \(session.program) uninstall \(flags) --delete-conversations"
                    .styled)
        } else {
            terminal.say("kept: \(work.settings.counted(as: "SkyfloAI")) and the CRDs".styled)
        }
        terminal.say("  delete everything: \(session.program) uninstall \(flags) --delete-crds".styled)
    }
}
