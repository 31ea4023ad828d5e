import KubeModel

/// The names of a CustomResourceDefinition that are accepted: one that another definition of the group has already
/// isn't (`apiextensions-apiserver/pkg/controller/status`).
struct AcceptedNames: Sendable {
    private(set) var names: JSONValue
    /// The reason why not all are accepted; the last one, as the real controller has it.
    private(set) var conflict: (reason: String, message: String)?

    /// Judges the names that a definition asks for; `others` are the accepted names of the group's other definitions.
    init(_ crd: KubeObject, others: [JSONValue]) {
        let requested = crd["spec", "names"] ?? .object([:])
        names = crd["status", "acceptedNames"] ?? .object([:])
        let resources = Set(others.flatMap(Self.resources))
        let kinds = Set(others.flatMap { [$0["kind"], $0["listKind"]].compactMap { $0?.string } })
        for (member, used) in [("plural", resources), ("singular", resources)] {
            accept(member, requested: requested, used: used)
        }
        acceptShortNames(requested, used: resources)
        for member in ["kind", "listKind"] { accept(member, requested: requested, used: kinds) }
        names["categories"] = requested["categories"]
    }

    private static func resources(_ names: JSONValue) -> [String] {
        [names["plural"], names["singular"]].compactMap { $0?.string }.filter { !$0.isEmpty }
            + (names["shortNames"]?.array ?? []).compactMap(\.string)
    }

    private mutating func accept(_ member: String, requested: JSONValue, used: Set<String>) {
        guard let name = requested[member]?.string else { return }
        if names[member]?.string != name, used.contains(name) {
            refuse(member, taken: [name])
        } else {
            names[member] = .string(name)
        }
    }

    private mutating func acceptShortNames(_ requested: JSONValue, used: Set<String>) {
        let wanted = (requested["shortNames"]?.array ?? []).compactMap(\.string)
        let accepted = (names["shortNames"]?.array ?? []).compactMap(\.string)
        let taken = wanted.filter { !accepted.contains($0) && used.contains($0) }
        if taken.isEmpty { names["shortNames"] = requested["shortNames"] } else { refuse("shortNames", taken: taken) }
    }

    private mutating func refuse(_ member: String, taken: [String]) {
        let texts = taken.map { "\"\($0)\" is already in use" }
        conflict = (
            member.prefix(1).uppercased() + member.dropFirst() + "Conflict",
            texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        )
    }
}
