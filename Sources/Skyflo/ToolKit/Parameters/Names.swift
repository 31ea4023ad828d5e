import KubeModel
import Writes

/// The naming rules of Kubernetes (`k8s.io/apimachinery/pkg/util/validation`).
package enum Names {
    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    package static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// DNS-1123 label.
    package static func isLabel(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 63 && isPart(Array(text.utf8))
    }

    private static func isPart(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
            && bytes.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// DNS-1123 subdomain. Its parts may be longer than a label's 63, as in the API server's own rule.
    package static func isSubdomain(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            isPart(Array($0))
        }
    }

    /// A name of any kind of object that can't be taken for anything but a name: no separator, no flag, no `..`.
    package static func isPathSafe(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-"), text != ".",
            !text.contains("..")
        else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "-._:@=+~".utf8.contains($0) }
    }

    /// What somebody means who gives one of these as a namespace; nil for names.
    package static func allNamespacesHint(_ text: String) -> String? {
        let names = ["*", "-a", "--all-namespaces", "--all", "all", "all-namespaces", "all_namespaces", "any"]
        return names.contains(text.lowercased())
            ? "for all namespaces leave namespace out and set all_namespaces to true, which k8s_get takes" : nil
    }

    /// `registry:5000/path/name:tag@sha256:…`, by its characters; the kubelet knows the rest.
    package static func isImage(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...512).contains(text.utf8.count), first != UInt8(ascii: "-") else {
            return false
        }
        return !text.contains("..") && text.utf8.allSatisfy { isAlphanumeric($0) || "._-/:@".utf8.contains($0) }
    }

    package static func isResourceType(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first),
            !text.contains("..")
        else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "-.".utf8.contains($0) }
    }

    /// A label key: an optional DNS-1123 subdomain and `/`, then a name.
    package static func isLabelKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.last, !name.isEmpty, isLabelValue(String(name)) else { return false }
        return parts.count == 1 || isSubdomain(String(parts[0]))
    }

    package static func isLabelValue(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        guard text.utf8.count <= 63, let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
    }

    package static func selectorProblem(_ text: String) -> String? {
        let selector: LabelSelector
        do {
            selector = try LabelSelector(parsing: text)
        } catch {
            return error.description
        }
        for requirement in selector.requirements {
            let (key, values) = parts(requirement)
            if !isLabelKey(key) { return "\"\(ToolParameters.excerpt(key))\" is not a label key" }
            if let value = values.first(where: { !isLabelValue($0) }) {
                return "\"\(ToolParameters.excerpt(value))\" is not a label value"
            }
        }
        return nil
    }

    private static func parts(_ requirement: LabelSelector.Requirement) -> (String, [String]) {
        switch requirement {
        case .in(let key, let values), .notIn(let key, let values): (key, values)
        case .exists(let key), .doesNotExist(let key), .greaterThan(let key, _), .lessThan(let key, _): (key, [])
        }
    }

    /// `; the nearest is web-1` for `Web_1`; nothing where that isn't clear.
    static func nearest(to text: String) -> String {
        let word = text.trimmingBlanks.lowercased().map { character in
            character == "_" || character.isWhitespace ? "-" : character
        }
        let near = String(word)
        return near != text && isSubdomain(near) ? "; the nearest is \(near)" : ""
    }

    /// The groups whose objects are all named by DNS-1123. RBAC, certificates, API services, addresses and the objects of
    /// extension servers have other rules, which the server knows.
    private static let groupsOfSubdomains: Set<String> = ["", "apps", "autoscaling", "batch", "policy"]

    /// The name of an object of this resource, where the rule of its group is known.
    package static func check(_ name: String, of resource: APIResource) throws(ToolFailure) {
        guard groupsOfSubdomains.contains(resource.group) ? isSubdomain(name) : isPathSafe(name) else {
            throw ToolFailure(
                "\"\(ToolParameters.excerpt(name))\" is not a valid name of a \(resource.kind): "
                    + "lower case letters, digits, '-' and '.'\(nearest(to: name))"
            )
        }
    }
}
