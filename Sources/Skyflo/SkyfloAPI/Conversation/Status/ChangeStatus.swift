public import KubeModel

/// Something that was written, and may be taken back: an entry of `status.changes`.
public struct ChangeStatus: Sendable, Hashable {
    /// The key of the entry.
    public var id = ""
    public var call = ""
    public var turn = 0
    public var summary = ""
    /// Created, Changed or Deleted.
    public var kind: String?
    public var target: WriteTarget?
    public var at: KubeTime?
    /// The call that took it back.
    public var undoneBy: String?
    /// The change that this one took back.
    public var undoes: String?
    /// Why it can't be taken back; nil where it can.
    public var obstacle: String?

    public init() {}

    public var uid: String { target?.uid ?? "" }
}

/// Kind, target and obstacle are those of the record that the tools keep of a change, under the same names.
extension ChangeStatus: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
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
