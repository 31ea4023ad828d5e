import Foundation
import Helm
import Installer
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloCLI
import Synchronization

/// A terminal that remembers what it showed, and answers questions in order.
final class Screen: Sendable {
    private let output = Mutex("")
    private let errors = Mutex("")
    private let answers: Mutex<[String]>
    private let isInteractive: Bool

    init(answers: [String]? = nil) {
        isInteractive = answers != nil
        self.answers = Mutex(answers ?? [])
    }

    var out: String { output.withLock(\.self) }
    var said: String { errors.withLock(\.self) }

    func session(_ api: any KubeAPI) -> Session {
        let next: @Sendable () async throws -> String? = {
            self.answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }
        let terminal = Terminal(
            write: { text in self.output.withLock { $0 += text } },
            writeError: { text in self.errors.withLock { $0 += text } }, read: isInteractive ? next : nil)
        return Session(api: api, namespace: "skyflo-system", terminal: terminal, program: "skyflo", events: nil) {
            KubeTime(seconds: Date().timeIntervalSince1970)
        }
    }
}

enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func objects(_ path: String) throws -> [KubeObject] {
        try YAML.parseAll(text(path)).filter { $0 != .null }.map { KubeObject($0) }
    }

    /// The resources of a kustomization, as far as ours use the format: resources and images.
    static func kustomized(_ folder: String) throws -> [KubeObject] {
        let names = ["kustomization.yaml", "Kustomization"]
        guard
            let file = names.first(where: {
                FileManager.default.fileExists(atPath: root.appending(path: "\(folder)/\($0)").path)
            })
        else { return try objects(folder) }
        let kustomization = try YAML.parse(text("\(folder)/\(file)"))
        let found = try (kustomization["resources"]?.array ?? []).compactMap(\.string).flatMap { name in
            try kustomized(resolved("\(folder)/\(name)"))
        }
        return found.map { object in
            var object = object
            for image in kustomization["images"]?.array ?? [] {
                guard let containers = object["spec", "template", "spec", "containers"]?.array else { continue }
                object["spec", "template", "spec", "containers"] = .array(
                    containers.map { container in
                        var container = container
                        let name = container["image"]?.string?.split(separator: ":").first.map(String.init)
                        if name == image["name"]?.string {
                            container["image"] = .string(
                                "\(image["newName"]?.string ?? ""):\(image["newTag"]?.string ?? "")")
                        }
                        return container
                    })
            }
            return object
        }
    }

    private static func resolved(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") { if part == ".." { parts.removeLast() } else { parts.append(part) } }
        return parts.joined(separator: "/")
    }
}

/// What `skyflo install` installs with these values.
func installation(
    _ values: String = "", image: String = "registry.example.com/skyflo", namespace: String = "skyflo-system"
) throws -> [KubeObject] {
    let own = "namespace: {create: true}\nimage: {repository: \(image), tag: \"1\"}\n"
    let merged = ValuesReader.merged(
        try ValuesReader.read(ByteString(own)), try ValuesReader.read(ByteString(values)))
    return try InstallationChart.objects(values: merged, namespace: namespace)
}
