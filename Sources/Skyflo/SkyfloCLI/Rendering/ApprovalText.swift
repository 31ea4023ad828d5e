import ConversationAccess
import KubeModel
import SkyfloAPI

/// What a person sees before deciding. The diff comes first, so that however long it is, the summary and the warnings are
/// what stands above the question.
struct ApprovalText {
    var entry: PendingApproval
    /// Everything, with the requests' bodies; otherwise long diffs are cut.
    var isFull = false

    private static let shortDiff = 60

    var lines: [StyledText] {
        var lines: [StyledText] = []
        if !entry.approval.preview.isEmpty { lines += diff(entry.approval.preview) + [""] }
        lines.append(StyledText("\(entry.id)  ", style: .bold) + StyledText(summary, style: .bold))
        lines.append("    tool \(entry.approval.tool), risk \(risk), digest \(entry.shortDigest)\(expiry)")
        for request in entry.approval.requests { lines += self.lines(of: request) }
        if entry.approval.requests.isEmpty { lines.append("    it only reads") }
        lines += entry.approval.references.map { StyledText("    argument \($0)", style: .yellow) }
        lines += entry.approval.touches.map { StyledText("    touches: \($0)") }
        if !entry.approval.alternatives.isEmpty {
            let others = entry.approval.alternatives.joined(separator: ", ")
            lines.append(StyledText("    alternative to \(others): approving one denies the others", style: .yellow))
        }
        if entry.approval.decision == .approved {
            let by = entry.approval.decidedBy.map { " by \($0)" } ?? ""
            let missing = entry.approval.waitingFor.map { " (\($0))" } ?? ""
            lines.append(StyledText("    approved\(by), which is not enough\(missing)", style: .yellow))
        }
        for warning in entry.approval.warnings {
            lines.append(StyledText("    warning: \(warning)", style: .yellow))
        }
        if !entry.isIntact {
            lines.append(
                StyledText(
                    "    warning: its requests were changed after the operator wrote them; it will be refused",
                    style: .red))
        }
        return lines
    }

    private var summary: String { entry.approval.summary ?? entry.approval.tool }
    private var risk: String { entry.approval.risk ?? "unknown" }
    private var expiry: String { entry.approval.expiresAt.map { ", until \($0)" } ?? "" }

    /// Exactly what would be done, by whoever does it; of what this version doesn't understand all that there is.
    private func lines(of request: JSONValue) -> [StyledText] {
        guard let write = StoredWrite(json: request) else {
            return [StyledText("    \(JSONWriter.string(request))", style: .cyan)]
        }
        // Steps of one stage are done in any order.
        let step = write.step.map { [StyledText("    step \($0.stage): \($0.title)", style: .bold)] } ?? []
        let lines = write.lines
        let request = lines.prefix(1).map { StyledText("    \($0)", style: .cyan) }
        let details = lines.dropFirst().map { StyledText("    \($0)") }
        return step + request + details + body(of: write)
    }

    private func body(of write: StoredWrite) -> [StyledText] {
        guard isFull, write.backend.map({ $0 == .kubernetes }) ?? true, let body = write.body else { return [] }
        return body.split(separator: "\n").map { StyledText("      \($0)", style: .dim) }
    }

    private func diff(_ preview: String) -> [StyledText] {
        let all = DiffText.lines(preview)
        guard !isFull, all.count > Self.shortDiff else { return all }
        let rest = "… \(all.count - Self.shortDiff) more lines of this diff: shown whole with d or --full"
        return all.prefix(Self.shortDiff) + [StyledText(rest, style: .yellow)]
    }
}

/// A unified diff with the colours of `git diff`.
enum DiffText {
    static func lines(_ diff: String) -> [StyledText] {
        // By scalars: a carriage return and a line feed are one Character, and no line would end there.
        diff.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { scalars in
            let line = String(String.UnicodeScalarView(scalars))
            return StyledText(line, style: style(line))
        }
    }

    private static func style(_ line: String) -> StyledText.Style? {
        if line.hasPrefix("+++") || line.hasPrefix("---") { return .bold }
        switch line.unicodeScalars.first {
        case "+": return .green
        case "-": return .red
        case "@": return .cyan
        default: return nil
        }
    }
}
