/// What `PlannedWritesTests` expects: each call, and what it plans.
let plannedWritesGolden = #"""
    # k8s_annotate {"kind":"deploy","name":"web","annotations":{"owner":"jane"}}
    Annotate deployment shop/web: owner=jane [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/merge-patch+json
    {"metadata":{"annotations":{"owner":"jane"},"uid":"uid-web","resourceVersion":"41"}}
    → deployment shop/web exists

    # k8s_apply {"content":"{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: b}}"}
    Apply: create configmap shop/new [Medium]
    POST /api/v1/namespaces/shop/configmaps?fieldManager=skyflo&fieldValidation=Strict application/json
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new","namespace":"shop"},"data":{"a":"b"}}
    → configmap shop/new exists

    # k8s_autoscale {"kind":"deploy","name":"web","min":2,"max":5}
    Autoscale deployment shop/web from 2 to 5 replicas, at 80 % cpu [Medium]
    ! container app requests no cpu: without that its use has no percentage, and nothing is scaled by it
    ! container proxy requests no cpu: without that its use has no percentage, and nothing is scaled by it
    POST /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers?fieldManager=skyflo&fieldValidation=Strict application/json
    {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web","namespace":"shop"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"minReplicas":2,"maxReplicas":5,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]}}
    → horizontalpodautoscaler shop/web exists

    # k8s_cordon {"node_name":"n1"}
    Cordon node n1 [High]
    PATCH /api/v1/nodes/n1?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"unschedulable":true},"metadata":{"uid":"uid-n1","resourceVersion":"7"}}
    → the change of node n1 is stored

    # k8s_create_job_from_cronjob {"cronjob_name":"report","name":"report-now"}
    Create job shop/report-now from cronjob shop/report [Medium]
    POST /apis/batch/v1/namespaces/shop/jobs?fieldManager=skyflo&fieldValidation=Strict application/json
    {"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"report-now","namespace":"shop","annotations":{"cronjob.kubernetes.io/instantiate":"manual"},"ownerReferences":[{"apiVersion":"batch/v1","kind":"CronJob","name":"report","uid":"uid-report","controller":true}]},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"r","image":"r:1"}]}}}}
    → job shop/report-now is complete
    → no new warnings about job shop/report-now

    # k8s_debug {"name":"web-0","image":"busybox:1.37","command":"sh -c 'ps'"}
    Debug pod shop/web-0: run sh -c ps in a new container debugger-1 of image busybox:1.37 [High]
    ! it can't be taken out again: it stays in the pod until that is deleted
    PATCH /api/v1/namespaces/shop/pods/web-0/ephemeralcontainers?fieldManager=skyflo&fieldValidation=Strict application/strategic-merge-patch+json
    {"spec":{"ephemeralContainers":[{"name":"debugger-1","image":"busybox:1.37","command":["sh","-c","ps"]}]},"metadata":{"uid":"uid-web-0","resourceVersion":"7"}}
    → pod shop/web-0 exists

    # k8s_delete {"kind":"pod","name":"web-0"}
    Delete pod shop/web-0 [Low]
    DELETE /api/v1/namespaces/shop/pods/web-0 application/json
    {"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"uid-web-0","resourceVersion":"7"},"propagationPolicy":"Background"}
    → pod shop/web-0 is gone

    # k8s_drain {"node_name":"n1"}
    Drain node n1: cordon it and evict 1 pod [High]
    step 1: cordon node n1 within 600 s
    PATCH /api/v1/nodes/n1?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"unschedulable":true},"metadata":{"uid":"uid-n1","resourceVersion":"7"}}
    step 2: evict pod shop/web-0 within 600 s
    POST /api/v1/namespaces/shop/pods/web-0/eviction application/json
    {"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"web-0","namespace":"shop"},"deleteOptions":{"preconditions":{"uid":"uid-web-0"}}}
    → the change of node n1 is stored

    # k8s_evict {"name":"web-0"}
    Evict pod shop/web-0 [Medium]
    POST /api/v1/namespaces/shop/pods/web-0/eviction application/json
    {"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"web-0","namespace":"shop"},"deleteOptions":{"preconditions":{"uid":"uid-web-0"}}}
    → pod shop/web-0 is gone

    # k8s_exec {"name":"web-0","command":"ls -l /"}
    Run ls -l / in pod shop/web-0, container app [High]
    {"backend":"Exec","command":["ls","-l","/"],"container":"app","timeoutSeconds":30,"target":{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"web-0","uid":"uid-web-0","resourceVersion":"7"}}

    # k8s_expose {"kind":"deploy","name":"web","port":80}
    Expose deployment shop/web as service shop/web, port 80 → 80 (TCP) [Medium]
    ! no pod that it selects is ready: it has no endpoints until one is
    POST /api/v1/namespaces/shop/services?fieldManager=skyflo&fieldValidation=Strict application/json
    {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","labels":{"app":"web"}},"spec":{"type":"ClusterIP","selector":{"app":"web"},"ports":[{"port":80,"targetPort":80,"protocol":"TCP"}]}}
    → service shop/web exists

    # k8s_label {"kind":"node","name":"n1","labels":{"disk":"ssd"}}
    Label node n1: disk=ssd [High]
    PATCH /api/v1/nodes/n1?fieldManager=skyflo application/merge-patch+json
    {"metadata":{"labels":{"disk":"ssd"},"uid":"uid-n1","resourceVersion":"7"}}
    → node n1 exists

    # k8s_patch {"kind":"deploy","name":"web","patch":"{\"spec\":{\"replicas\":4}}","patch_type":"merge"}
    Patch deployment shop/web: spec.replicas [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo&fieldValidation=Strict application/merge-patch+json
    {"spec":{"replicas":4},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → roll-out of deployment shop/web is complete
    → no new warnings about deployment shop/web

    # k8s_read_file {"name":"web-0","path":"/etc/hosts"}
    Read file /etc/hosts in pod shop/web-0, container app [Medium]
    ! it runs the program head of the container's image; at most 15000 bytes are read
    {"backend":"Exec","command":["head","-c","15000","--","/etc/hosts"],"container":"app","timeoutSeconds":30,"target":{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"web-0","uid":"uid-web-0","resourceVersion":"7"}}

    # k8s_rollout_pause {"name":"web"}
    Pause deployment shop/web [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"paused":true},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → the change of deployment shop/web is stored

    # k8s_rollout_restart {"name":"web"}
    Restart deployment shop/web [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2027-01-15T08:00:00Z"}}}},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → roll-out of deployment shop/web is complete
    → no new warnings about deployment shop/web

    # k8s_rollout_resume {"name":"paused"}
    Resume deployment shop/paused [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/paused?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"paused":null},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → roll-out of deployment shop/paused is complete
    → no new warnings about deployment shop/paused

    # k8s_rollout_undo {"name":"web"}
    Roll back deployment shop/web from revision 2 to revision 1 [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/json-patch+json
    [{"op":"test","path":"/metadata/uid","value":"uid-web"},{"op":"test","path":"/metadata/resourceVersion","value":"41"},{"op":"replace","path":"/spec/template","value":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"shop/web:0"}]}}}]
    → roll-out of deployment shop/web is complete
    → no new warnings about deployment shop/web

    # k8s_run_pod {"name":"probe","image":"busybox:1.37","command":"nc -z web 80"}
    Run nc -z web 80 in a new pod shop/probe of image busybox:1.37, and delete it [High]
    ! what the command does can't be tried out or taken back
    step 1: run pod shop/probe within 420 s
    POST /api/v1/namespaces/shop/pods?fieldManager=skyflo&fieldValidation=Strict application/json
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"probe","namespace":"shop","labels":{"run":"probe"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":300,"automountServiceAccountToken":false,"containers":[{"name":"probe","image":"busybox:1.37","command":["nc","-z","web","80"]}]}}
    step 2: read the log of pod shop/probe within 540 s
    {"backend":"PodStep","container":"probe","podStep":"Log","target":{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"probe","uid":"","resourceVersion":""},"step":{"title":"read the log of pod shop/probe","stage":2,"deadlineSeconds":540}}
    step 3: delete pod shop/probe within 540 s
    {"backend":"PodStep","container":"probe","podStep":"Delete","target":{"group":"","version":"v1","resource":"pods","kind":"Pod","namespace":"shop","name":"probe","uid":"","resourceVersion":""},"step":{"title":"delete pod shop/probe","stage":3,"deadlineSeconds":540}}

    # k8s_scale {"kind":"deploy","name":"web","replicas":5}
    Scale deployment shop/web from 2 to 5 replicas [Low]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale?fieldManager=skyflo application/merge-patch+json
    {"spec":{"replicas":5},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → deployment shop/web has 5 ready replicas
    → no new warnings about deployment shop/web

    # k8s_set_env {"kind":"deploy","name":"web","container":"app","env":{"LEVEL":"debug"}}
    Set environment of deployment shop/web, container app: LEVEL=debug [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo&fieldValidation=Strict application/strategic-merge-patch+json
    {"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"LEVEL","value":"debug"}]}]}}},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → roll-out of deployment shop/web is complete
    → no new warnings about deployment shop/web

    # k8s_set_image {"kind":"deploy","name":"web","container_images":"app=shop/web:2"}
    Set image of deployment shop/web: app shop/app:1 → shop/web:2 [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"template":{"spec":{"containers":[{"name":"app","image":"shop/web:2"}]}}},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → roll-out of deployment shop/web is complete
    → no new warnings about deployment shop/web

    # k8s_set_resources {"kind":"deploy","name":"web","container":"app","limits":"memory=1Gi"}
    Set resources of deployment shop/web, container app: limits memory=1Gi [Medium]
    PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo&fieldValidation=Strict application/strategic-merge-patch+json
    {"spec":{"template":{"spec":{"containers":[{"name":"app","resources":{"limits":{"memory":"1Gi"}}}]}}},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
    → roll-out of deployment shop/web is complete
    → no new warnings about deployment shop/web

    # k8s_taint {"node_name":"n1","taints":"gpu=yes:NoSchedule"}
    Taint node n1: gpu=yes:NoSchedule [High]
    PATCH /api/v1/nodes/n1?fieldManager=skyflo application/merge-patch+json
    {"spec":{"taints":[{"key":"gpu","value":"yes","effect":"NoSchedule"}]},"metadata":{"uid":"uid-n1","resourceVersion":"7"}}
    → the change of node n1 is stored

    # k8s_uncordon {"node_name":"n2"}
    Uncordon node n2 [High]
    PATCH /api/v1/nodes/n2?fieldManager=skyflo application/strategic-merge-patch+json
    {"spec":{"unschedulable":null},"metadata":{"uid":"uid-n2","resourceVersion":"7"}}
    → the change of node n2 is stored

    """#
