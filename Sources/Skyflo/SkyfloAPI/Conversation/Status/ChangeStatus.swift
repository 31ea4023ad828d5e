import KubeModel

/// Something that was written, and may be taken back: an entry of `status.changes`.
package struct ChangeStatus: Sendable, Hashable {
    /// The key of the entry.
    package var id = ""
    package var call = ""
    package var turn = 0
    package var summary = ""
    /// Created, Changed or Deleted.
    package var kind: String?
    package var target: WriteTarget?
    package var at: KubeTime?
    /// The call that took it back.
    package var undoneBy: String?
    /// The change that this one took back.
    package var undoes: String?
    /// Why it can't be taken back; nil where it can.
    package var obstacle: String?

    package init() {}

    package var uid: String { target?.uid ?? "" }
}

/// Kind, target and obstacle are those of the record that the tools keep of a change, under the same names.
extension ChangeStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&call, as: "call")
        members.code(&turn, as: "turn")
        members.code(&summary, as: "summary")
        members.code(&kind, as: "kind")
        members.code(&target, as: "target")
        members.code(&at, as: "at")
        members.code(&undoneBy, as: "undoneBy", ifNil: .null)
        members.code(&undoes, as: "undoes")
        members.code(&obstacle, as: "obstacle")
    }
}
