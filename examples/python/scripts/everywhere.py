"""The shop goes everywhere: through multiprocessing, a Dask cluster and Ray. `python scripts/everywhere.py [ENGINE..]`

Prints what each takes for 100 shops of 10,000 bicycles, there and back. The engines are the real ones: each is started
here, with two worker processes, and stopped again.
"""

import multiprocessing
import sys
import time

import shop

SHOPS, BICYCLES, WORKERS = 100, 10_000, 2


def shops():
    owner = shop.Person("Dave", 30)
    data = [(1, 50.0), (7, 199.0), (21, 399.0)] * (BICYCLES // 3)
    return [shop.MySubclass(data, owner) for _ in range(SHOPS)]


def sell(one):
    """What a worker does with a shop: gives back what it costs on average, and the shop one year later."""
    one.owner.age += 1
    return one.get_average_price(), one


def check(results, engine, start, ready):
    assert len(results) == SHOPS
    for price, one in results:
        assert price == 216.0 and type(one) is shop.MySubclass and one.owner.age > 30
    now = time.perf_counter()
    print(f"{engine:28} started in {ready - start:6.2f} s, {SHOPS} shops there and back in {now - ready:6.3f} s")


def run_multiprocessing():
    for method in multiprocessing.get_all_start_methods():
        start = time.perf_counter()
        with multiprocessing.get_context(method).Pool(WORKERS) as pool:
            pool.map(abs, range(WORKERS))
            ready = time.perf_counter()
            check(pool.map(sell, shops(), chunksize=10), f"multiprocessing, {method}", start, ready)


def run_dask():
    from dask.distributed import Client, LocalCluster

    start = time.perf_counter()
    with LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster, Client(cluster) as client:
        client.wait_for_workers(WORKERS)
        ready = time.perf_counter()
        check(client.gather(client.map(sell, client.scatter(shops(), hash=False), pure=False)), "Dask", start, ready)


def run_ray():
    import ray

    start = time.perf_counter()
    ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)
    try:
        remote = ray.remote(sell)
        ray.get([remote.remote(one) for one in shops()[:WORKERS]])
        ready = time.perf_counter()
        check(ray.get([remote.remote(one) for one in shops()]), "Ray", start, ready)
    finally:
        ray.shutdown()


ENGINES = {"multiprocessing": run_multiprocessing, "dask": run_dask, "ray": run_ray}

if __name__ == "__main__":
    for name in sys.argv[1:] or ENGINES:
        try:
            ENGINES[name]()
        except ImportError as missing:
            print(f"{name}: not installed ({missing})")
