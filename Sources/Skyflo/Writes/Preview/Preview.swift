import KubeClient
import KubeModel

/// What a proposal would change, for the person who decides about it.
package struct Preview: Sendable, Hashable {
    /// A unified diff of each object against what the API server says it would become.
    package var text: String
    /// All of it, where ``text`` had to be cut; cut itself where it has more than ``wholeLimit`` bytes.
    package var whole: String?
    /// The proposal's own, and what the API server warned about.
    package var warnings: [String]
    /// What is needed to take each write back; nil for one that changes nothing that could be.
    package var changes: [ChangeRecord?]
    /// The proposal's writes, each with what was previewed of it.
    package var writes: [PlannedWrite]
    /// What is around the target of each write; nil for what makes no pods, and for all but the first few that do.
    var surroundings: [WriteSurroundings?] = []

    package init(text: String, warnings: [String], changes: [ChangeRecord?] = [], writes: [PlannedWrite] = []) {
        self.text = text
        self.warnings = warnings
        self.changes = changes
        self.writes = writes
    }

    /// How many bytes ``text`` may have.
    package static let limit = 16_384
    /// How many bytes ``whole`` may have.
    static let wholeLimit = 96 * 1024

    /// Tries each write of a proposal out by its backend: requests as server-side dry runs (KEP-576), in which admission and
    /// validation take part, so what they change or refuse shows. What is around a target is read once, for the warnings
    /// and for all who ask for it later (``WriteTouches``, ``WriteProposal/noting(podsIn:api:)``).
    ///
    /// - Throws: ``ToolFailure`` where a write would be refused, or where an object has moved since it was planned.
    package static func of(
        _ proposal: WriteProposal, api: ReadOnlyAPI, integrations: IntegrationReader = .none, redactor: Redactor
    ) async throws -> Preview {
        var texts = proposal.introduction.isEmpty ? [] : [proposal.introduction]
        var warnings = proposal.warnings
        var changes: [ChangeRecord?] = []
        var writes: [PlannedWrite] = []
        var surroundings: [WriteSurroundings?] = []
        for (position, write) in proposal.writes.enumerated() {
            let preview = try await write.preview(
                after: proposal.writes[..<position], api: api, integrations: integrations, redactor: redactor)
            texts.append(preview.text)
            changes.append(preview.change)
            writes.append(preview.write)
            let isLookedAt = surroundings.count { $0 != nil } < WriteTouches.targets
            let around =
                isLookedAt
                ? try await WriteSurroundings(
                    around: preview.write, preview.change, notesPods: proposal.notesPods(of: write.target), api: api)
                : nil
            surroundings.append(around)
            let owners = try await preview.ownership?.warnings(api, autoscalers: around?.autoscalers) ?? []
            let prefix = proposal.writes.count == 1 ? "" : "\(write.target.text): "
            warnings += (preview.notes + owners).map { prefix + $0 }
            warnings += preview.warnings.filter { !warnings.contains($0) }
        }
        let text = redactor.replace(proposal.secrets, in: texts.joined(separator: "\n"))
        if !proposal.secrets.isEmpty {
            warnings = warnings.map { redactor.redact(text: $0, knowing: proposal.secrets) }
        }
        let shown = OutputLimit.cut(text, to: limit)
        // Padding could push what matters out of sight.
        var preview = Preview(text: shown, warnings: warnings, changes: changes, writes: writes)
        if shown != text {
            let isWhole = text.utf8.count <= wholeLimit
            preview.whole = OutputLimit.cut(text, to: wholeLimit)
            preview.warnings.insert(
                "the preview is cut: the transcript (kubectl skyflo transcript) has "
                    + (isWhole ? "all of it" : "more of it, and not all: read the requests themselves"), at: 0)
        }
        preview.surroundings = surroundings
        return preview
    }
}
