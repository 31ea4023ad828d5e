import Helm
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// Installs a chart as a release, or upgrades a release to it: renders it, and plans the steps.
struct ReleaseDelivery {
    let arguments: ToolArguments
    let context: ToolContext
    let name: String
    let namespace: String
    /// Those that are stored, the newest first.
    let revisions: [ReleaseHead]
    /// The revision whose objects there are; nil for an installation.
    let current: (head: ReleaseHead, record: ReleaseRecord)?

    /// - Parameter isUpgrade: whether there is something to upgrade.
    /// - Throws: ``ToolFailure`` where another client works on the release.
    init(_ arguments: ToolArguments, revisions: [ReleaseHead], isUpgrade: Bool, in context: ToolContext) async throws {
        self.arguments = arguments
        self.context = context
        self.revisions = revisions
        name = try ToolContext.releaseName(by: arguments)
        namespace = arguments.string("namespace") ?? context.namespace
        if let newest = revisions.first, newest.status.hasPrefix("pending-") || newest.status == "uninstalling" {
            throw ToolFailure(
                "release \(namespace)/\(name) is \(newest.status) (revision \(newest.revision)): another client works on it, or "
                    + "has died. If it has died, "
                    + (revisions.count > 1 ? "helm_rollback or helm_uninstall end that" : "helm_uninstall ends that"))
        }
        guard isUpgrade, let head = Self.current(of: revisions) else {
            current = nil
            return
        }
        current = (head, try await context.record(of: head))
    }

    /// As Helm: the newest if it is deployed, else the newest that is; else the newest, if it has failed.
    private static func current(of revisions: [ReleaseHead]) -> ReleaseHead? {
        revisions.first { $0.status == ReleaseStatus.deployed.rawValue } ?? revisions.first
    }

    var revision: Int { (revisions.first?.revision ?? 0) + 1 }

    /// The chart with the values of the call.
    func rendered() async throws -> RenderedRelease {
        try await context.render(
            arguments, values: try values(),
            release: .init(name: name, namespace: namespace, revision: revision, isUpgrade: current != nil))
    }

    /// - Throws: ``ToolFailure`` for ways that exclude each other.
    private func values() throws(ToolFailure) -> ChartValues {
        var values = ChartValues(arguments)
        guard let record = current?.record else { return values }
        let ways = ["reset_values", "reuse_values", "reset_then_reuse_values"].filter { arguments.bool($0) }
        guard ways.count <= 1 else { throw ToolFailure("\(ways.joined(separator: " and ")) exclude each other") }
        switch ways.first {
        case "reset_values": break
        case "reuse_values": (values.previous, values.defaults) = (record.config, record.computedValues)
        case "reset_then_reuse_values": values.previous = record.config
        // Whoever gives none means those that there are.
        default:
            let given = try ToolFailure.ofHelm { () throws(HelmError) in try values.merged() }
            if given.isEmpty { values.previous = record.config }
        }
        return values
    }

    /// The steps, from storing the new revision to marking it deployed.
    func planned(_ release: RenderedRelease) async throws -> ReleasePlanner {
        let content = try ToolFailure.ofHelm { () throws(HelmError) in try release.record.text() }
        guard content.utf8.count <= Self.maximumContent else {
            throw ToolFailure(
                "chart \(release.record.chart) is too large: its record has \(content.utf8.count) bytes compressed, at most "
                    + "\(Self.maximumContent) can be kept until it is approved")
        }
        let head = ReleaseHead(
            namespace: namespace, name: name, revision: revision, status: "",
            secret: ReleaseRecord.secretName(release: name, revision: revision), uid: "")
        var planner = ReleasePlanner(context, record: release.record, head: head, options: try options())
        let shown = ShownRelease(release.record, redactor: context.redactor)
        let before = current.map { ShownRelease($0.record, redactor: context.redactor) }
        planner.secrets = shown.secrets.union(release.secrets).union(before?.secrets ?? [])
        planner.introduction = introduction(release, shown: shown, before: before)
        let objects = try ReleasePlanner.objects(of: release.record)
        let hooks = try ToolFailure.ofHelm { () throws(HelmError) in try release.record.everyHookObject() }
        planner.warnings = release.warnings + (try hiddenTexts(in: objects + hooks))
        try await plan(&planner, objects: objects, content: content)
        return planner
    }

    /// What Secrets of the chart hold that nobody is shown, and that is more than a value.
    ///
    /// - Throws: ``ToolFailure`` where whoever made the call wrote it: then nobody would have seen it at all.
    private func hiddenTexts(in objects: [KubeObject]) throws(ToolFailure) -> [String] {
        let given = ChartValues(arguments).texts
        var warnings: [String] = []
        for object in objects where object.isSecret {
            if let why = SecretManifest.refusal(ofChart: object) { throw ToolFailure("secret \(object.name): \(why)") }
            for (key, text) in SecretManifest.hiddenTexts(in: object) {
                let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks }.filter {
                    $0.utf8.count >= 8
                }
                guard !lines.contains(where: { line in given.contains { $0.contains(line) } }) else {
                    throw ToolFailure(
                        "secret \(object.name): \(key): refused: text of several lines or a script could be anything, and nobody "
                            + "could see and approve it; values may give credentials only")
                }
                warnings.append(
                    "secret \(object.name): \(key) holds text of the chart that isn't shown: helm_show_chart and the chart's "
                        + "repository tell what it is")
            }
        }
        return warnings
    }

    /// Bytes. Beside it the transcript holds all other requests of the call.
    private static let maximumContent = 600_000

    private func plan(_ planner: inout ReleasePlanner, objects: [KubeObject], content: String) async throws {
        let pending: ReleaseStatus = current == nil ? .pendingInstall : .pendingUpgrade
        planner.owned = []
        let before = try current.map { try ReleasePlanner.objects(of: $0.record) } ?? []
        for object in before {
            if let place = try await planner.place(of: object) { planner.owned?.insert(place.key) }
        }
        try await planner.findManager(of: before)
        if current == nil { try await createNamespace(&planner) }
        try await planner.prune(revisions, to: arguments.integer("history_max") ?? 0, keeping: current?.head.revision)
        planner.createRecord(
            revision: revision, after: revisions.first, as: pending,
            firstDeployed: current?.record.time("first_deployed"),
            message: current == nil ? "Initial install underway" : "Preparing upgrade", content: content)
        if current == nil, !arguments.bool("skip_crds") { try await planner.createCustomResources() }
        let event = current == nil ? "install" : "upgrade"
        let runsHooks = !arguments.bool("no_hooks")
        if runsHooks { try await planner.run(hooksOf: "pre-\(event)") }
        try await planner.change(from: before, to: objects)
        if runsHooks { try await planner.run(hooksOf: "post-\(event)") }
        let verb = current == nil ? "Install" : "Upgrade"
        try await planner.finish(
            revisions, to: revision,
            as: .init(
                pending: pending, message: arguments.string("description") ?? "\(verb) complete",
                failure: current == nil ? "Release \"\(name)\" failed" : "Upgrade \"\(name)\" failed",
                deletesRecord: arguments.bool("rollback_on_failure")))
        planner.warnings.append(
            "stopped half way, the release stays \(pending.rawValue), which "
                + (current == nil ? "helm_uninstall ends" : "helm_rollback ends") + "; after a failure "
                + (planner.options.deletesCreated
                    ? "what was created is deleted again"
                    : "revision \(revision) is marked failed, and what was done stays"))
    }

    private func createNamespace(_ planner: inout ReleasePlanner) async throws {
        switch try await context.presence(ofNamespace: namespace) {
        case .exists, .unknown: return
        case .isBeingDeleted: throw ToolFailure("namespace \(namespace) is being deleted")
        case .missing:
            guard arguments.bool("create_namespace") else {
                throw ToolFailure("namespace \(namespace) doesn't exist; with create_namespace it is created first")
            }
            planner.create(namespace: namespace)
        }
    }

    private func options() throws(ToolFailure) -> ReleasePlanner.Options {
        let waitsForJobs = arguments.bool("wait_for_jobs")
        return .init(
            seconds: try arguments.requiredInteger("timeout_seconds"), waits: arguments.bool("wait") || waitsForJobs,
            waitsForJobs: waitsForJobs, takesConflicts: arguments.bool("force_conflicts"),
            takesOwnership: arguments.bool("take_ownership"),
            deletesCreated: arguments.bool("rollback_on_failure") || arguments.bool("cleanup_on_fail"))
    }

    // MARK: For people

    /// The chart, its digest and what changes in the values.
    private func introduction(_ release: RenderedRelease, shown: ShownRelease, before: ShownRelease?) -> String {
        let values = shown.values(isComputed: false, asJSON: false)
        let change = UnifiedDiff.text(
            old: before?.values(isComputed: false, asJSON: false) ?? "", new: values,
            oldName: before == nil ? "/dev/null" : "values of revision \(current?.head.revision ?? 0)",
            newName: "values")
        var lines = ["chart \(release.record.chart), from \(release.package.origin) (\(release.package.digest))"]
        lines.append(
            values == "null" ? "values: none but the chart's own" : change.isEmpty ? "values: no change" : change)
        return lines.joined(separator: "\n").trimmingBlanks + "\n"
    }

    /// What is proposed.
    func proposal() async throws -> ToolOutcome {
        let release = try await rendered()
        let planner = try await planned(release)
        let chart = "chart \(release.record.chart)"
        guard let current else {
            let again = revisions.isEmpty ? "" : ", as revision \(revision)"
            return .proposal(planner.proposal("Install \(chart) as release \(planner.release)\(again)", risk: .high))
        }
        let from =
            current.record.chart == release.record.chart
            ? chart : "chart \(current.record.chart) to \(release.record.chart)"
        return .proposal(
            planner.proposal("Upgrade release \(planner.release) (\(from)), as revision \(revision)", risk: .high))
    }
}

extension ChartValues {
    init(_ arguments: ToolArguments) {
        self.init(
            document: arguments.string("values"), typed: arguments.map("set").map { ($0.key, $0.value) },
            strings: arguments.map("set_string").map { ($0.key, $0.value) })
    }
}
