import KubeModel
import ToolKit

/// A volume of a pod in one line.
enum VolumeText {
    /// `data: persistentVolumeClaim claimName=db`
    static func text(_ volume: JSONValue) -> String {
        let name = volume["name"]?.string ?? ""
        guard let source = volume.object?.pairs.first(where: { $0.key != "name" }) else { return name }
        let details =
            source.key == "projected"
            ? (source.value["sources"]?.array ?? []).compactMap(projection)
            : (source.value.object ?? [:]).filter { $0.value.object == nil && $0.value.array == nil }
                .map { "\($0.key)=\(Outline.inline($0.value))" }
        return ([name + ":", source.key] + details).joined(separator: " ")
    }

    private static func projection(_ source: JSONValue) -> String? {
        guard let (key, value) = source.object?.pairs.first else { return nil }
        switch key {
        case "serviceAccountToken": return "tokenExpirationSeconds=\(value["expirationSeconds"]?.int ?? 3600)"
        case "downwardAPI": return "downwardAPI=true"
        default: return "\(key)Name=\(value["name"]?.string ?? "")"
        }
    }
}
