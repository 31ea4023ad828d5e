import Installation
import KubeModel
import SkyfloAPI
import Testing

/// Whether something has to be applied.
@Suite struct LiveObjectTests {
    @Test func `what the server adds and writes its own way is no difference`() {
        let wanted = deployment(["ui": ["replicas": 2, "resources": ["limits": ["cpu": "1000m", "memory": "1Gi"]]]])
        var live = wanted
        live["spec", "template", "spec", "dnsPolicy"] = "ClusterFirst"
        live["metadata", "resourceVersion"] = "7"
        live["status", "replicas"] = 2
        var container = live["spec", "template", "spec", "containers"]?[0] ?? .null
        container["resources"] = ["limits": ["cpu": "1", "memory": "1Gi"]]
        container["terminationMessagePath"] = "/dev/termination-log"
        live["spec", "template", "spec", "containers"] = [container, ["name": "sidecar", "image": "s"]]
        #expect(LiveObject.fulfils(wanted, live: live))
    }

    @Test func `what somebody changed is one`() {
        let wanted = deployment(["ui": ["replicas": 2]])
        func differs(_ change: (inout KubeObject) -> Void) -> Bool {
            var live = wanted
            change(&live)
            return !LiveObject.fulfils(wanted, live: live)
        }
        #expect(!differs { _ in })
        #expect(differs { $0["spec", "replicas"] = 3 })
        #expect(differs { $0["spec", "template", "spec", "containers"] = [] })
        #expect(differs { $0["spec", "template", "spec", "securityContext", "runAsNonRoot"] = nil })
        #expect(differs { $0.labels["app.kubernetes.io/component"] = "x" })
        #expect(differs { $0.ownerReferences = [] })
        // Something was taken back that was wanted before.
        #expect(differs { $0.annotations[ComponentNames.digestAnnotation] = "0" })
    }

    @Test func `amounts are equal that mean the same`() {
        let wanted = deployment(["ui": ["resources": ["limits": ["cpu": 2, "memory": "2048Mi"]]]])
        var live = wanted
        var container = live["spec", "template", "spec", "containers"]?[0] ?? .null
        container["resources"] = ["limits": ["cpu": "2", "memory": "2Gi"]]
        live["spec", "template", "spec", "containers"] = [container]
        #expect(LiveObject.fulfils(wanted, live: live))
        container["resources"] = ["limits": ["cpu": "2", "memory": "3Gi"]]
        live["spec", "template", "spec", "containers"] = [container]
        #expect(!LiveObject.fulfils(wanted, live: live))
    }

    @Test func `only what is this SkyfloAI's is changed, and only what is so in every respect is removed`() {
        let names = ComponentNames(of: skyfloAI(["ui": [:]]).object)
        var object = deployment(["ui": [:]])
        #expect(names.own(object) && names.ownForRemoval(object))
        object.labels = [:]
        #expect(names.own(object) && !names.ownForRemoval(object))
        object = deployment(["ui": [:]])
        object.ownerReferences = []
        #expect(names.own(object) && !names.ownForRemoval(object))
        object.annotations = [:]
        #expect(!names.own(object))
        // Of a SkyfloAI of the same name from before.
        object.ownerReferences = [
            OwnerReference(apiVersion: "skyflo.ai/v1", kind: "SkyfloAI", name: "skyflo", uid: "u")
        ]
        #expect(!names.own(object) && !names.ownForRemoval(object))
        #expect(ComponentNames.owners(of: object) == [ObjectKey(namespace: "skyflo-system", name: "skyflo")])
    }
}
